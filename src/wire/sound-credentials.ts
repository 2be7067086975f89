import { createPrivateKey, X509Certificate } from "node:crypto";
import type { Credentials } from "../domain/launcher.ts";

/**
 * Whether the key is that of the certificate, and the certificate was signed by the authority, which has signed itself. TLS says
 * so only when somebody calls, and in words of its own: what has been read from a file is looked at before that.
 */
export function areSound({ authority, certificate, key }: Credentials): boolean {
  try {
    const own = new X509Certificate(certificate);
    const issuer = new X509Certificate(authority);
    const isWhole = issuer.verify(issuer.publicKey) && own.verify(issuer.publicKey);
    return isWhole && own.checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}
