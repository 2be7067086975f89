/** Where a key-value server listens. */
export interface KvsAddress {
  /** A name or an address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/** `HOST:PORT`; an IPv6 address stands in brackets. */
export function formatAddress({ host, port }: KvsAddress): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
