import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { onTestFinished } from "vitest";
import type { CallsFrom, Invitation } from "../../../../src/domain/launcher.ts";
import { SshStarter, type SshStarterOptions } from "../../../../src/places/launchers/ssh.ts";
import { until } from "../../../support/until.ts";
import { scratchFolder } from "../../node/process/scratch.ts";
import { type HostOptions, PretendedHost } from "./pretended-host.ts";
import type { EngineTerms } from "../../../../src/domain/engine-terms.ts";
import { LIMITS } from "../../../../src/domain/limits.ts";

export const credentials = { authority: "the authority", certificate: "the certificate", key: "the secret key" };
export const here: Invitation = { addresses: [{ host: "127.0.0.1", port: 4000 }], credentials };
export const elsewhere: Invitation = { addresses: [{ host: "192.0.2.7", port: 4001 }], credentials };

/** An engine that is a shell script; `$0` is its path, `$dir` the folder where it leaves what it has to tell. */
function engineScript(dir: string, script: string): string {
  return `#!/bin/bash\ndir=${dir}\nif [ "$*" = "engine --end-on-stdin" ]; then\n${END}\nexit; fi\n${script}\n`;
}

/** What ends an engine takes as long as there is a file of this name. */
const END = 'cat > "$dir/end"; while [ -e "$dir/hold" ]; do sleep 0.01; done; echo over > "$dir/over"';

/** Reads what an engine is told: by then the starter knows that there is an engine. */
export const TOLD = "cat > /dev/null";

interface StartOptions extends HostOptions {
  /** What the engine does, as a bash script. */
  readonly script?: string;
  readonly starter?: Partial<SshStarterOptions>;
  readonly terms?: Partial<EngineTerms>;
  readonly invite?: (from: CallsFrom) => Promise<Invitation>;
  /** What the host is like for all connections but the first. */
  readonly again?: HostOptions;
  /** Whether the program is to be found by its own path. */
  readonly there?: boolean;
}

/** A way to start engines that are bash scripts on hosts that are this machine; everything lies in a folder of the test. */
export function setUp(options: StartOptions = {}) {
  const folder = scratchFolder();
  const program = path.join(folder, "disbatch");
  writeFileSync(program, engineScript(folder, options.script ?? 'cat > "$dir/spec"'));
  chmodSync(program, 0o755);
  const said: string[] = [];
  const hosts: PretendedHost[] = [];
  const starter = new SshStarter({
    openSession: async () => {
      const host = new PretendedHost(hosts.length === 0 ? options : (options.again ?? options));
      hosts.push(host);
      return host;
    },
    parallel: 32,
    program:
      options.there === false
        ? { command: ["/no/such/disbatch"], executable: program, version: "1.2.3" }
        : { command: [program], version: "1.2.3" },
    say: (message) => said.push(message),
    terms: {
      resources: ["GPUS"],
      output: { keep: "none", limit: 65_536 },
      threadEnv: true,
      offer: { named: {} },
      cwd: folder,
      prefix: path.join(folder, "run"),
      logLevel: "DEBUG",
      logFormat: "json",
      lease: 7,
      onDriverLost: "finish",
      limits: LIMITS,
      ...options.terms,
    },
    ...options.starter,
  });
  const node = { node: "web1", destination: "jo@web1", slots: 3, coresPerSlot: 2 };
  const start = (id?: string) => {
    const invite = options.invite ?? ((from) => Promise.resolve(from === "here" ? here : elsewhere));
    const engine = starter.start("SSH0", node, invite, id);
    onTestFinished(async () => void (await engine.kill()));
    return engine;
  };
  const read = (name: string): string => readFileSync(path.join(folder, name), "utf8");
  const log = path.join(folder, "run_SSH0_web1_engine_wrap.log");
  const adopt = (id: string, pid: number) => starter.adopt("SSH0", node, { id, pid });
  return { folder, program, said, hosts, start, adopt, read, log };
}

/** Waits for something to have been written to a file. */
export async function written(file: string): Promise<string> {
  await until(
    () => existsSync(file) && readFileSync(file, "utf8").endsWith("\n"),
    () => file,
  );
  return readFileSync(file, "utf8").trim();
}
