import { createHash } from "node:crypto";

/** Cookies of one name that are looked at: another server of this host may have set some, too. */
const MOST_VALUES = 8;

/** Values of the cookies of that name, as a `Cookie` header has them. */
export function cookiesNamed(name: string, header: string): string[] {
  const values: string[] = [];
  for (const pair of header.split(";")) {
    const at = pair.indexOf("=");
    if (at < 0 || pair.slice(0, at).trim() !== name) continue;
    values.push(pair.slice(at + 1).trim());
    if (values.length === MOST_VALUES) break;
  }
  return values;
}

/** Name of the cookie of a server: browsers send all ports of a host the same cookies. @param listener its port, or the path of its socket. */
export function cookieName(listener: number | string): string {
  const id = typeof listener === "number" ? listener : createHash("sha256").update(listener).digest("hex").slice(0, 12);
  return `disbatch_${id}`;
}

/** What `Set-Cookie` says: scripts cannot read it, and a request that another site has made does not carry it. */
export function cookieFor(name: string, secret: string): string {
  return `${name}=${secret}; Path=/; HttpOnly; SameSite=Strict`;
}
