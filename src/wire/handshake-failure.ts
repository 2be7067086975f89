import type { TLSSocket } from "node:tls";
import { errnoOf, messageOf } from "../domain/system-error.ts";

/** The caller's certificate is wrong in one of many ways. */
export const NOT_OF_THIS_RUN = "its certificate is not of this run";

const NO_TLS = "it speaks no TLS";

/** By what OpenSSL, in Node, and BoringSSL, in Bun, call it. */
const WORDS: Readonly<Record<string, string>> = {
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: "it shows no certificate",
  ERR_SSL_UNSUPPORTED_PROTOCOL: "it speaks an older TLS",
  ERR_SSL_HTTP_REQUEST: NO_TLS,
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
};

const HUNG_UP: ReadonlySet<string | undefined> = new Set(["ECONNRESET", "EPIPE"]);
/** The caller has seen the run's certificate, and wants none of it. */
const ALERT = /_ALERT_/;
const CERTIFICATE = /CERT|EVP_LIB|ASN1|PURPOSE|SIGNATURE|VERIFY/;

/**
 * Why a handshake failed, in a few words, from the side that was called; undefined when the caller hung up, as honest
 * ones do, too, when they have got through at another address.
 */
export function handshakeFailure(error: unknown, socket: TLSSocket): string | undefined {
  // Node hangs up then as if the caller had.
  const fault: unknown = socket.authorizationError;
  if (typeof fault === "string" || fault instanceof Error) return NOT_OF_THIS_RUN;
  const code = errnoOf(error);
  if (HUNG_UP.has(code)) return undefined;
  if (code === undefined) return messageOf(error);
  if (WORDS[code] !== undefined) return WORDS[code];
  if (ALERT.test(code)) return "it does not take this run's certificate";
  return CERTIFICATE.test(code) ? NOT_OF_THIS_RUN : `the handshake failed (${code})`;
}
