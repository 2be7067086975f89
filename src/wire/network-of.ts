const FOURS_IN_ADDRESS = 8;
/** The first half names the network; all that follows is for its host to choose, so it can have as many as it likes. */
const FOURS_IN_NETWORK = 4;

/** An IPv4 address as dual-stack listeners show it. */
const MAPPED = /^::ffff:(?=[0-9]+\.[0-9.]+$)/i;

/** An address as people know it, also when a listener of both families shows it in another way. */
export function plainAddress(address: string): string {
  return address.replace(MAPPED, "");
}

/**
 * What stands for the host that an address belongs to: an IPv4 address as it is, of an IPv6 address the first 64 bits.
 *
 * @param address as the system writes it; anything else stands for itself.
 */
export function networkOf(address: string): string {
  const plain = plainAddress(address);
  if (!plain.includes(":")) return plain;
  const [head = "", tail] = plain.split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: Math.max(0, FOURS_IN_ADDRESS - before.length - after.length) }, () => "0");
  return [...before, ...zeros, ...after].slice(0, FOURS_IN_NETWORK).join(":");
}
