import * as fc from "fast-check";
import { expect, test } from "vitest";
import { renderSeed } from "./seed.ts";

const seed = {
  hostname: "n1",
  authorizedKey: "ssh-ed25519 AAAAuser me",
  hostPrivateKey: "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----\n",
  hostPublicKey: "ssh-ed25519 AAAAhost",
  fabricMac: "52:54:00:AA:00:01",
  fabricMtu: 9000,
  fabricAddress: "192.168.77.1",
  prefixLength: 24,
};

function decode(text: string): Record<string, string> {
  const pairs = text
    .trimEnd()
    .split("\n")
    .map((row) => row.split(" ") as [string, string]);
  return Object.fromEntries(pairs.map(([name, value]) => [name, Buffer.from(value, "base64").toString()]));
}

test("holds every value once, decodable, with one line end", () => {
  expect(decode(renderSeed(seed))).toEqual({
    hostname: "n1\n",
    "authorized-key": "ssh-ed25519 AAAAuser me\n",
    "host-private-key": seed.hostPrivateKey,
    "host-public-key": "ssh-ed25519 AAAAhost\n",
    "fabric-mac": "52:54:00:aa:00:01\n",
    "fabric-mtu": "9000\n",
    "fabric-address": "192.168.77.1/24\n",
  });
});

test("no value can add a line", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const rendered = renderSeed({ ...seed, authorizedKey: text, hostPublicKey: text });
      expect(rendered.trimEnd().split("\n")).toHaveLength(7);
    }),
  );
});
