import { expect, test } from "vitest";
import type { Remote, RemoteResult } from "../../remote/remote.ts";
import { parseLogin, RemoteHostAccess } from "./access.ts";

const probed = `uid 1000
connection 192.0.2.9 50000 10.0.2.15 22
sudo yes
address 1: lo    inet 127.0.0.1/8 scope host lo
address 2: br0    inet 10.0.2.15/24 brd 10.0.2.255 scope global br0
address 3: eth1.5@eth1    inet 10.0.3.1/24 scope global eth1.5
`;

test("the login tells the device by which we came", () => {
  expect(parseLogin(probed)).toEqual({
    userId: 1000,
    passwordlessSudo: true,
    localAddress: "10.0.2.15",
    connectedDevices: ["br0"],
  });
  expect(parseLogin(probed.replace("10.0.2.15 22", "10.0.3.1 22")).connectedDevices).toEqual(["eth1.5"]);
});

test("a login that is not root goes through sudo, and a failed operation is named without its content", async () => {
  const commands: string[][] = [];
  const answer = (part: Partial<RemoteResult>): RemoteResult => ({
    stdout: "",
    stderr: "",
    exitCode: 0,
    timedOut: false,
    ...part,
  });
  const remote: Remote = {
    description: "n1 (cc@192.0.2.1)",
    script: async () => answer({ stdout: probed }),
    run: async (command) => {
      commands.push([...command]);
      return answer({
        stdout: "failed 1\n",
        stderr: "sh: 3: cannot create /x: Permission denied\n",
        exitCode: 1,
      });
    },
  };
  const access = new RemoteHostAccess(remote, async () => undefined);
  const operations = [
    { kind: "run", command: ["true"] },
    { kind: "install", path: "/x", mode: "0600", content: "hidden" },
  ] as const;
  await expect(access.apply(operations)).rejects.toThrow(
    "n1 (cc@192.0.2.1): installing /x failed: sh: 3: cannot create /x: Permission denied",
  );
  expect(commands[0]?.slice(0, 6)).toEqual(["sudo", "-n", "--", "sh", "-s", "--"]);
});
