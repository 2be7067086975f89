import { UserError } from "../../domain/errors.ts";

/** A mail server, and how it is spoken to. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /**
   * - `plain`: as mail servers speak among themselves: encrypted when the other side offers it, whoever that is.
   * - `tls`: encrypted from the beginning, the server's certificate is checked.
   * - `starttls`: the same, after a greeting.
   */
  readonly security: "plain" | "tls" | "starttls";
  /** Who logs in there, with a password. */
  readonly user: string | undefined;
}

/** The mail server of this machine. */
export const LOCAL_SERVER: SmtpServer = { host: "localhost", port: 25, security: "plain", user: undefined };

const SCHEMES: ReadonlyMap<string, readonly [SmtpServer["security"], port: number]> = new Map([
  ["smtp:", ["plain", 25]],
  ["smtps:", ["tls", 465]],
  ["starttls:", ["starttls", 587]],
]);

const FORMS = "smtp://HOST:PORT, smtps://USER@HOST:PORT or starttls://USER@HOST:PORT";

/** Where a password can be had from without everybody seeing it. */
const ELSEWHERE = "--smtp-password-file FILE, or the variable DISBATCH_SMTP_PASSWORD";

/**
 * The mail server that a URL names.
 *
 * @throws UserError `smtp-url`, `smtp-password-in-url`, `smtp-password-in-clear`; a password is not shown.
 */
export function smtpServerOf(text: string): SmtpServer {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && url.password !== "") {
    const why = "a password in a command line can be read by everybody on this machine (ps)";
    throw new UserError("smtp-password-in-url", `--smtp: ${why}; leave it out of the URL, and give it by ${ELSEWHERE}`);
  }
  const scheme = SCHEMES.get(url?.protocol ?? "");
  const isBare = url !== undefined && ["", "/"].includes(url.pathname) && url.search === "" && url.hash === "";
  const user = userOf(url);
  if (url === undefined || scheme === undefined || url.hostname === "" || !isBare || user === null) {
    throw new UserError("smtp-url", `--smtp ${text}: write it as ${FORMS}`);
  }
  const [security, usualPort] = scheme;
  if (user !== undefined && security === "plain") {
    const message = `--smtp ${text}: smtp:// would send the password unencrypted; use smtps:// or starttls://`;
    throw new UserError("smtp-password-in-clear", message);
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  return { host, port: url.port === "" ? usualPort : Number(url.port), security, user };
}

/** @returns null for what cannot be decoded. */
function userOf(url: URL | undefined): string | undefined | null {
  if (url === undefined || url.username === "") return undefined;
  try {
    return decodeURIComponent(url.username);
  } catch {
    return null;
  }
}
