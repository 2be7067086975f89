import type { NetworkInterfaceInfo } from "node:os";

/** Addresses that are good on one link alone, and only together with its name. */
const LINK_LOCAL = /^(?:fe80:|169\.254\.)/i;

/** The addresses of this machine that other hosts may reach it by, those of IPv4 first. */
export function reachableAddresses(
  interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>,
): string[] {
  const all = Object.values(interfaces).flatMap((found) => found ?? []);
  const usable = all.filter(({ internal, address }) => !internal && !LINK_LOCAL.test(address));
  const rank = ({ family }: NetworkInterfaceInfo): number => (family === "IPv4" ? 0 : 1);
  return [...new Set(usable.toSorted((a, b) => rank(a) - rank(b)).map(({ address }) => address))];
}
