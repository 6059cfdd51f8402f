import { describe, expect, test } from "vitest";
import { hostKeyIn } from "./console.ts";

/** A public key of a type, as OpenSSH writes it. */
function publicKey(type: string, body: Buffer): string {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return `${type} ${Buffer.concat([length, Buffer.from(type), body]).toString("base64")}`;
}
const ed25519 = (fill: number) =>
  publicKey("ssh-ed25519", Buffer.concat([Buffer.from([0, 0, 0, 32]), Buffer.alloc(32, fill)]));
const rsa = publicKey("ssh-rsa", Buffer.alloc(263, 7));
const block = (...lines: string[]) =>
  ["-----BEGIN SSH HOST KEY KEYS-----", ...lines, "-----END SSH HOST KEY KEYS-----"].join("\r\n");

describe("the host key on a console", () => {
  test("is the ed25519 one among others, without its comment", () => {
    const text = `[   35.1] login:\r\n${block(`${rsa} root@n1`, `${ed25519(1)} root@n1`)}\r\nn1 login: `;
    expect(hostKeyIn(text)).toBe(ed25519(1));
  });

  test("is another one where there is no ed25519 key", () => {
    expect(hostKeyIn(block(`${rsa} root@n1`))).toBe(rsa);
  });

  test("is found behind what a console puts before each line", () => {
    expect(hostKeyIn(block(`ec2: [  41.2] cloud-init[812]: ${ed25519(2)} root@n1`))).toBe(ed25519(2));
  });

  test("is the last block's, as an image may have been written anew", () => {
    expect(hostKeyIn(`${block(ed25519(1))}\n${block(ed25519(3))}`)).toBe(ed25519(3));
  });

  test.each([
    ["no console yet", ""],
    ["a console without cloud-init", "n1 login: "],
    ["a block that has only begun", `-----BEGIN SSH HOST KEY KEYS-----\n${ed25519(1)} root@n1`],
    [
      "fingerprints only",
      "-----BEGIN SSH HOST KEY FINGERPRINTS-----\n256 SHA256:abc\n-----END SSH HOST KEY FINGERPRINTS-----",
    ],
    ["a key that was cut", block(ed25519(1).slice(0, 60))],
    ["a key of another type than it says", block(rsa.replace("ssh-rsa", "ssh-ed25519"))],
  ])("%s gives none", (_, text) => {
    expect(hostKeyIn(text)).toBeUndefined();
  });
});
