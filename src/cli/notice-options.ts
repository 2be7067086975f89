import { hostname } from "node:os";
import type { Command } from "commander";
import { describeError, UserError } from "../domain/errors.ts";
import type { Environment } from "../domain/environment.ts";
import { mailAddresses } from "../faces/notices/mail-address.ts";
import { Postman } from "../faces/notices/postman.ts";
import { passwordIn } from "../faces/notices/smtp-password.ts";
import { LOCAL_SERVER, type SmtpServer, smtpServerOf } from "../faces/notices/smtp-server.ts";
import { wholeNumber } from "./option-values.ts";

/** How the user, away from the terminal, wants to hear of a run. */
export interface NoticeOptions {
  readonly mailTo?: string | undefined;
  /** Tasks for each mail. */
  readonly mailFreq?: number | undefined;
  readonly smtp?: string | undefined;
  /** Path of a file with a password. */
  readonly smtpPasswordFile?: string | undefined;
  /** Commands for bash. */
  readonly onFailure?: string | undefined;
  readonly onEnd?: string | undefined;
}

/** Where a password is looked for that no file holds. */
const PASSWORD = "DISBATCH_SMTP_PASSWORD";

/** Adds the options of notices. */
export function addNoticeOptions(command: Command): Command {
  return command
    .optionsGroup("Who is told:")
    .option("--mailTo <ADDRESS,...>", "send a mail when something new fails, and at the end")
    .option("--mailFreq <N>", "with --mailTo: one mail for N tasks, and one at the end", wholeNumber(1))
    .option("--smtp <URL>", "mail server: smtp://, smtps:// or starttls:// (default: smtp://localhost:25)")
    .option("--smtp-password-file <FILE>", "its password is the first line of FILE, which only you may read")
    .option("--on-failure <CMD>", "run CMD at the first failure and at each new kind of failure")
    .option("--on-end <CMD>", "run CMD when the run has ended");
}

/** What is wrong with these options, without a look at any file. @throws UserError */
export function checkNoticeOptions({ mailTo, mailFreq, smtp, smtpPasswordFile }: NoticeOptions): void {
  if (mailTo === undefined) {
    const needless = [
      ...(mailFreq === undefined ? [] : ["--mailFreq"]),
      ...(smtp === undefined ? [] : ["--smtp"]),
      ...(smtpPasswordFile === undefined ? [] : ["--smtp-password-file"]),
    ];
    if (needless[0] !== undefined) throw new UserError("mail-to-nobody", `${needless[0]} goes with --mailTo ADDRESS`);
    return;
  }
  mailAddresses(mailTo);
  const { user } = serverOf(smtp);
  if (smtpPasswordFile !== undefined && user === undefined) {
    const message = "--smtp-password-file goes with a user in --smtp, as in smtps://USER@HOST";
    throw new UserError("smtp-without-user", message);
  }
}

/**
 * Who carries the mails of these options; undefined when none are wanted.
 *
 * @throws UserError when the password is missing, or cannot be read.
 */
export function postmanFor({ mailTo, smtp, smtpPasswordFile }: NoticeOptions, env: Environment): Postman | undefined {
  if (mailTo === undefined) return undefined;
  const server = serverOf(smtp);
  const password = smtpPasswordFile === undefined ? env[PASSWORD] : passwordIn(smtpPasswordFile);
  if (server.user !== undefined && (password === undefined || password === "")) {
    const message = `--smtp: there is no password for ${server.user}; give it by --smtp-password-file FILE, or in the variable ${PASSWORD}`;
    throw new UserError("smtp-without-password", message);
  }
  return new Postman({ server, password, to: mailAddresses(mailTo), host: hostname() });
}

/** The same for a run that goes on after its driver has died: it goes on without mail rather than not at all. */
export function postmanAgain(
  options: NoticeOptions,
  env: Environment,
  say: (message: string) => void,
): Postman | undefined {
  try {
    return postmanFor(options, env);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    say(`warning: the run goes on without mail: ${describeError(error)}`);
    return undefined;
  }
}

/** Takes the password away from what this process starts, such as tasks on this machine. */
export function hidePassword(env: NodeJS.ProcessEnv): void {
  delete env[PASSWORD];
}

function serverOf(smtp: string | undefined): SmtpServer {
  return smtp === undefined ? LOCAL_SERVER : smtpServerOf(smtp);
}
