import { hostname } from "node:os";
import { SecretFile } from "../files/secret-file.ts";
import type { RunCredentials } from "../wire/credentials.ts";
import { bootId, formatRecovery, type Recovery } from "./files/recovery-file.ts";
import type { KvsState } from "./files/kvs-state.ts";
import type { PreparedRun } from "./prepared-run.ts";
import type { RunRecords } from "./records.ts";
import type { Surroundings } from "./surroundings.ts";

/** What a run leaves behind while it goes on, for the case that its driver dies: the recovery file, and whoever speaks of it. */
export class RecoveryTraces {
  readonly #file: SecretFile;
  readonly #recovery: Omit<Recovery, "credentials" | "ports">;
  readonly #recoverable: () => () => Promise<void>;
  #over: (() => Promise<void>) | undefined;
  #secrets: Pick<Recovery, "credentials" | "ports"> | undefined;
  #kvs: KvsState | undefined;
  #removed = false;

  /**
   * @param name of the list of tasks, where it was given one.
   * @param recoverable called when the run can be recovered; what it returns, when it no longer can.
   */
  constructor(
    { files, earlier, environment, slurm }: PreparedRun,
    { statusFrom, journalFrom }: Pick<RunRecords, "statusFrom" | "journalFrom">,
    { program, say }: Pick<Surroundings, "program" | "say">,
    name: string | undefined,
    recoverable: () => () => Promise<void>,
  ) {
    this.#recoverable = recoverable;
    this.#file = new SecretFile(files.recovery, (why) =>
      say(`warning: ${why}: should the driver die, --recover will not work; then resume with -r ${files.status}`),
    );
    this.#recovery = earlier?.recovery ?? {
      args: program.args,
      cwd: process.cwd(),
      host: hostname(),
      pid: process.pid,
      bootId: bootId(),
      statusFrom,
      journalFrom,
      environment,
      // Absent in the file, where there is none.
      ...(slurm === undefined ? {} : { slurmJob: slurm.job.id }),
      ...(name === undefined ? {} : { name }),
    };
  }

  /** Leaves all that the next driver of this run has to know. */
  leave(credentials: RunCredentials, ports: Recovery["ports"]): void {
    this.#secrets = { credentials, ports };
    this.#write();
  }

  /** Leaves what has become of the key-value server. */
  leaveKvs(kvs: KvsState): void {
    this.#kvs = kvs;
    this.#write();
  }

  #write(): void {
    if (this.#removed || this.#secrets === undefined) return;
    const kvs = this.#kvs === undefined ? {} : { kvs: this.#kvs };
    this.#file.write(formatRecovery({ ...this.#recovery, ...this.#secrets, ...kvs }));
    // What is advised takes that file.
    if (this.#file.isWritten) this.#over ??= this.#recoverable();
  }

  /**
   * Takes back what was left.
   *
   * @param stays the run can be recovered all the same.
   * @returns why the file stays, in words, where it cannot be removed.
   */
  async remove(stays: boolean): Promise<string | undefined> {
    this.#removed = true;
    const why = stays ? undefined : this.#file.remove();
    await this.#over?.();
    return why;
  }
}
