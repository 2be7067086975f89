import { hostAndPort, type Target } from "./network-failure.ts";
import { SshError, type SshFailure } from "./session.ts";

/** The code of a host that does not allow a channel: RFC 4254, 5.1. */
const PROHIBITED = 1;

/** What OpenSSH's server says when it cannot dial, in the words of its system. */
const REASONS: ReadonlyArray<readonly [RegExp, SshFailure, (target: Target) => string]> = [
  [/refused/i, "refused", (target) => `connection refused by ${hostAndPort(target)}`],
  [/unknown host|name or service|resol/i, "name-not-resolved", ({ host }) => `the name ${host} cannot be resolved`],
  [/no route|unreachable/i, "unreachable", (target) => `no route to ${hostAndPort(target)}`],
  [/timed out/i, "unreachable", (target) => `no answer from ${hostAndPort(target)}`],
];

/** Why a jump host does not lead on to the next host. @param error of the ssh2 library. */
export function throughFailure(target: Target, via: string, error: Error): SshError {
  const { destination } = target;
  if ("reason" in error && error.reason === PROHIBITED) {
    const advice = "does it allow TCP forwarding?";
    return new SshError(
      "ssh-failed",
      `${destination}: its jump host ${via} does not lead to ${hostAndPort(target)}: ${advice}`,
      error,
    );
  }
  const said = error.message.replace(/^\(SSH\) Channel open failure: /, "");
  const [, code, words] = REASONS.find(([pattern]) => pattern.test(said)) ?? [said, "unreachable", undefined];
  const what = words?.(target) ?? `${hostAndPort(target)} cannot be reached (${said})`;
  return new SshError(code, `${destination}: ${what}, as seen from its jump host ${via}`, error);
}
