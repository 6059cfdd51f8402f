/** Networks as launchers want them named. Pure. */
import { isIPv4 } from "node:net";

/** The smallest IPv4 network that has all the addresses, as in 192.168.100.0/30. Throws for other addresses. */
export function commonNetwork(addresses: readonly string[]): string {
  const numbers = addresses.map(addressNumber);
  const [first = 0] = numbers;
  const differing = numbers.reduce((bits, number) => bits | (number ^ first), 0);
  const length = Math.clz32(differing);
  const mask = length === 0 ? 0 : -1 << (32 - length);
  const network = (first & mask) >>> 0;
  return `${[24, 16, 8, 0].map((shift) => (network >>> shift) & 0xff).join(".")}/${length}`;
}

function addressNumber(address: string): number {
  if (!isIPv4(address)) throw new Error(`${address} is no IPv4 address`);
  return address.split(".").reduce((number, part) => ((number << 8) | Number(part)) >>> 0, 0);
}
