import { isIP } from "node:net";
import { messageOf } from "../../domain/system-error.ts";
import type { MailText } from "./mail-text.ts";
import type { SmtpServer } from "./smtp-server.ts";

/** Milliseconds without an answer of the server. */
const PATIENCE_MS = 25_000;
/** Milliseconds to reach it. */
const CONNECT_MS = 10_000;

/** Where mails go, and who sends them. */
export interface PostmanOptions {
  readonly server: SmtpServer;
  readonly password: string | undefined;
  readonly to: readonly string[];
  /** Host name of this machine. */
  readonly host: string;
}

/** An error about one recipient, and what the server has answered. */
interface RefusedRecipient extends Error {
  readonly recipient?: string | undefined;
  readonly response?: string | undefined;
}

/** Sends mails through a server. */
export class Postman {
  readonly #options: PostmanOptions;

  constructor(options: PostmanOptions) {
    this.#options = options;
  }

  /**
   * Sends a mail to everybody.
   *
   * @returns in words for people, to whom it was not sent; undefined when all have it.
   * @throws Error in words for people, when nobody has it.
   */
  async send({ subject, text }: MailText): Promise<string | undefined> {
    // Loaded late: few runs send mail.
    const { createTransport } = await import("nodemailer");
    const { to, host } = this.#options;
    const from = this.#sender();
    const transport = createTransport(this.#transport());
    try {
      const { rejectedErrors = [] } = await transport.sendMail({
        from: { name: `disbatch on ${host}`, address: from },
        to: [...to],
        envelope: { from, to: [...to] },
        subject,
        text,
        headers: { "Auto-Submitted": "auto-generated" },
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      return rejectedErrors.length === 0 ? undefined : this.#words(rejectedErrors.map(refusalOf).join("; "));
    } catch (error) {
      throw new Error(this.#words(messageOf(error)), { cause: error });
    } finally {
      transport.close();
    }
  }

  /** The user who logs in, or else whoever gets the mail: both are addresses that the server knows. */
  #sender(): string {
    const { server, to } = this.#options;
    return server.user?.includes("@") === true ? server.user : (to[0] ?? "");
  }

  #transport(): object {
    const { server, password } = this.#options;
    const { host, port, security, user } = server;
    const common = {
      host,
      port,
      connectionTimeout: CONNECT_MS,
      greetingTimeout: CONNECT_MS,
      socketTimeout: PATIENCE_MS,
      auth: user === undefined ? undefined : { user, pass: password ?? "" },
    };
    const servername = isIP(host) === 0 ? host : undefined;
    if (security === "tls") return { ...common, secure: true, tls: { servername } };
    if (security === "starttls") return { ...common, secure: false, requireTLS: true, tls: { servername } };
    // Nothing secret is sent, and mail servers of this kind often have a certificate that nobody has signed.
    return { ...common, secure: false, opportunisticTLS: true, tls: { rejectUnauthorized: false } };
  }

  #words(what: string): string {
    const { host, port } = this.#options.server;
    return `${host}:${port}: ${what}`;
  }
}

/** `b@example.org is refused (550 no such mailbox)` */
function refusalOf({ recipient, response, message }: RefusedRecipient): string {
  return `${recipient ?? "somebody"} is refused (${response ?? message})`;
}
