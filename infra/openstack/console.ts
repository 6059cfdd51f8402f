/** What a server's console tells of its ssh host keys: cloud-init prints them between two marks at each first boot. */

const begin = "-----BEGIN SSH HOST KEY KEYS-----";
const end = "-----END SSH HOST KEY KEYS-----";
/** In the order of preference. */
const keyTypes = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "ssh-rsa",
];

/**
 * The best public host key of the last whole block, as `ssh-ed25519 AAAA…`; undefined while there is none. What looks like
 * a key but holds another type inside, as a line does that the console cut or mixed up, is left out.
 */
export function hostKeyIn(console: string): string | undefined {
  const finish = console.lastIndexOf(end);
  const start = console.lastIndexOf(begin, finish);
  if (finish < 0 || start < 0) return undefined;
  const keys = console
    .slice(start + begin.length, finish)
    .split("\n")
    .flatMap((line) => {
      const match = /\b((?:ssh|ecdsa)-[\w-]+) ([A-Za-z0-9+/]+={0,2})(?=\s|$)/.exec(line);
      const [type, text] = [match?.[1], match?.[2]];
      return type !== undefined && text !== undefined && holdsType(text, type) ? [{ type, text }] : [];
    });
  const best = keyTypes.flatMap((type) => keys.find((key) => key.type === type) ?? [])[0];
  return best === undefined ? undefined : `${best.type} ${best.text}`;
}

/** A public key begins with the length and the name of its type (RFC 4253, 6.6). An ed25519 key is 51 bytes in all. */
function holdsType(text: string, type: string): boolean {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length < 4 + type.length || bytes.readUInt32BE(0) !== type.length) return false;
  if (bytes.toString("latin1", 4, 4 + type.length) !== type) return false;
  return type !== "ssh-ed25519" || bytes.length === 51;
}
