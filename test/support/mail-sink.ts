import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { execFileSync } from "node:child_process";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { SMTPServer } from "smtp-server";
import { onTestFinished } from "vitest";

/** A mail as it has arrived. */
interface Received {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and text, decoded enough to be compared. */
  readonly source: string;
  /** Who had logged in. */
  readonly user: string | undefined;
}

/** A mail server of the running test on the loopback, which keeps what it is sent. */
export interface MailSink {
  readonly port: number;
  readonly mails: readonly Received[];
  /** Path of its certificate, which nobody has signed, for those who are to trust it. */
  readonly certificate: string;
}

/** How a server that a test makes is to be. */
export interface SinkOptions {
  /** Encrypted from the beginning; else it offers STARTTLS. */
  readonly secure?: boolean;
  /** The password that lets anybody in. Without it nobody has to log in. */
  readonly password?: string;
}

/** Error of SMTP. */
function refusal(code: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode: code });
}

/**
 * Starts one. Some recipients are for tests of failure, by what stands before the @: `refused` is refused, `full` after the text was
 * sent, `slow` never gets an answer to the text, and `cut` ends the connection there.
 */
export async function openMailSink({ secure = false, password }: SinkOptions = {}): Promise<MailSink> {
  const mails: Received[] = [];
  const sockets = new Set<Socket>();
  const cutAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const { key, cert, file } = selfSigned();
  const server = new SMTPServer({
    key,
    cert,
    secure,
    authOptional: password === undefined,
    disableReverseLookup: true,
    onAuth: (auth, _session, done) => {
      if (auth.password === password) done(null, { user: auth.username });
      else done(refusal(535, "wrong password"));
    },
    onRcptTo: ({ address }, _session, done) => {
      done(address.startsWith("refused@") ? refusal(550, "no such mailbox") : null);
    },
    onData: (stream, session, done) => {
      const { mailFrom, rcptTo } = session.envelope;
      const to = rcptTo.map(({ address }) => address);
      const pieces: Buffer[] = [];
      stream.on("data", (piece: Buffer) => void pieces.push(piece));
      stream.on("end", () => {
        if (to.some((address) => address.startsWith("slow@"))) return;
        if (to.some((address) => address.startsWith("cut@"))) return cutAll();
        if (to.some((address) => address.startsWith("full@"))) return done(refusal(552, "mailbox full"));
        const from = mailFrom === false ? "" : mailFrom.address;
        mails.push({ from, to, source: decoded(Buffer.concat(pieces)), user: session.user });
        done(null, "taken");
      });
    },
  });
  // Whoever hangs up is no concern of the server.
  server.on("error", () => undefined);
  server.server.on("connection", (socket: Socket) => void sockets.add(socket));
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    cutAll();
  });
  const address = server.server.address();
  if (address === null || typeof address === "string") throw new Error("the mail server has no port");
  return { port: address.port, mails, certificate: file };
}

/** Makes a certificate for localhost, for the running test. */
function selfSigned(): { key: string; cert: string; file: string } {
  const folder = mkdtempSync(path.join(tmpdir(), "disbatch-mail-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [key, file] = [path.join(folder, "key.pem"), path.join(folder, "cert.pem")];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const what = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  execFileSync("openssl", [...what, ...names, "-keyout", key, "-out", file], { stdio: "ignore" });
  return { key: readFileSync(key, "utf8"), cert: readFileSync(file, "utf8"), file };
}

/** Quoted-printable and folded headers undone. */
function decoded(bytes: Buffer): string {
  const text = bytes.toString("latin1").replaceAll("\r\n", "\n");
  const end = text.indexOf("\n\n");
  const head = text.slice(0, end).replaceAll(/\n[ \t]/g, " ");
  if (!/quoted-printable/i.test(head)) return head + text.slice(end);
  const body = text.slice(end).replaceAll("=\n", "");
  const utf8 = body.replaceAll(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return head + Buffer.from(utf8, "latin1").toString("utf8");
}
