/** Lines `NAME=value` and `NAME="value"`, as in os-release and uevent, by name. Pure. */
export function assignments(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split("\n")) {
    const match = /^([A-Z_]+)=(["']?)(.*)\2$/.exec(line.trim());
    if (match?.[1] !== undefined && match[3] !== undefined) found.set(match[1], match[3]);
  }
  return found;
}
