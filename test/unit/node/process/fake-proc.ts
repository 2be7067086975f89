import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";

const MEBI = 1024;

/** A process as a test wants it. */
export interface FakeProcess {
  readonly parent?: number;
  readonly group?: number;
  readonly state?: string;
  /** Ticks since the system was started. */
  readonly startTime?: number;
  readonly environ?: Readonly<Record<string, string>>;
  /** Mebibytes. */
  readonly resident?: number;
  readonly most?: number;
  readonly proportion?: number;
  /** Ticks of the process, and of its children. */
  readonly cpu?: readonly [own: number, children: number];
}

/** A folder that looks like /proc, as far as tasks are looked for there. */
export class FakeProc {
  readonly root: string;

  constructor() {
    this.root = mkdtempSync(path.join(tmpdir(), "disbatch-proc-"));
    onTestFinished(() => rmSync(this.root, { recursive: true }));
    mkdirSync(path.join(this.root, "sys"));
  }

  set(
    pid: number,
    { parent = 1, group = pid, state = "S", startTime = 1000, cpu = [0, 0], ...more }: FakeProcess,
  ): void {
    const { environ = {}, resident = 0, most = resident, proportion } = more;
    const folder = path.join(this.root, String(pid));
    mkdirSync(folder, { recursive: true });
    const times = `${cpu[0]} 0 ${cpu[1]} 0`;
    const stat = `${pid} (a (sly) name) ${state} ${parent} ${group} 0 0 0 0 0 0 0 0 ${times} 20 0 1 0 ${startTime} 0 0`;
    writeFileSync(path.join(folder, "stat"), stat);
    const variables = Object.entries(environ).map(([name, value]) => `${name}=${value}`);
    writeFileSync(path.join(folder, "environ"), variables.join("\0"));
    writeFileSync(
      path.join(folder, "status"),
      `Name:\tx\nVmHWM:\t  ${most * MEBI} kB\nVmRSS:\t  ${resident * MEBI} kB\n`,
    );
    if (proportion !== undefined) {
      writeFileSync(path.join(folder, "smaps_rollup"), `Rss: 1 kB\nPss:  ${proportion * MEBI} kB\nPss_Anon: 7 kB\n`);
    }
  }

  remove(pid: number): void {
    rmSync(path.join(this.root, String(pid)), { recursive: true });
  }
}
