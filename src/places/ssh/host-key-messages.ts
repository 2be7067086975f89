import { shellWords } from "../../domain/shell-words.ts";
import { sshArguments } from "./destination.ts";
import { describeKey } from "./host-key.ts";
import { type HostKeyDecision, type HostKeySettings, knownHostNames } from "./host-key-check.ts";
import type { KnownHost } from "./known-hosts.ts";
import { SshError } from "./session.ts";

/** What a message about a host's key is about. */
export interface ShownKey {
  /** The host as the user wrote it. */
  readonly destination: string;
  readonly settings: HostKeySettings;
  /** The address that the connection goes to; undefined where it is not known. */
  readonly address: string | undefined;
  /** The key as it goes over the wire. */
  readonly key: Buffer;
}

/** The error of a decision against a host's key; undefined when it is accepted. */
export function hostKeyError(decision: HostKeyDecision, shown: ShownKey): SshError | undefined {
  const { destination, settings, key } = shown;
  switch (decision.type) {
    case "unknown": {
      const file = settings.userKnownHostsFiles[0];
      // With "yes" a connection by hand would be refused just the same.
      const advice =
        settings.strictHostKeyChecking === "yes" && file !== undefined
          ? `check it and add it to ${file} (StrictHostKeyChecking is yes)`
          : `connect once with "${commandTo(destination)}" and check it`;
      return new SshError("host-key-unknown", `host key of ${whose(shown)} is not known: ${advice}`);
    }
    case "changed": {
      const removal = shellWords(["ssh-keygen", "-f", decision.offending.file, "-R", knownHostNames(settings)[0]]);
      return new SshError(
        "host-key-changed",
        `${changed(shown, decision.offending)}; if that is right, remove the old one with: ${removal}`,
      );
    }
    case "revoked":
      return new SshError(
        "host-key-revoked",
        `host key of ${destination} is revoked: it shows ${describeKey(key)}, which ${placeOf(decision.offending)} revokes; ` +
          `give the host another key`,
      );
    default:
      return undefined;
  }
}

/** What the user should know about a key that is accepted all the same; undefined when there is nothing. */
export function hostKeyWarning(decision: HostKeyDecision, shown: ShownKey): string | undefined {
  switch (decision.type) {
    case "accepted-new":
      return decision.file === undefined
        ? `host key of ${whose(shown)} is new and is trusted this once`
        : `host key of ${whose(shown)} is new and is trusted from now on: it is added to ${decision.file}`;
    case "accepted-changed":
      return `${changed(shown, decision.offending)}; StrictHostKeyChecking is no: it is used, without forwarded ports`;
    default:
      return undefined;
  }
}

function whose({ destination, address, key }: ShownKey): string {
  const where = address === undefined || address === destination ? "" : `${address}, `;
  return `${destination} (${where}${describeKey(key)})`;
}

function changed({ destination, key }: ShownKey, offending: KnownHost): string {
  const old = describeKey(offending.key);
  return `host key of ${destination} has changed: it shows ${describeKey(key)} but ${placeOf(offending)} says ${old}`;
}

function placeOf({ file, line }: KnownHost): string {
  return `${file}:${line}`;
}

function commandTo(destination: string): string {
  const command = destination.startsWith("ssh://")
    ? sshArguments(destination).filter((word) => word !== "--")
    : [destination];
  return shellWords(["ssh", ...command]);
}
