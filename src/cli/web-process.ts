import { type ChildProcessByStdio, spawn } from "node:child_process";
import { constants, setPriority } from "node:os";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { shellWords } from "../domain/shell-words.ts";
import { messageOf } from "../domain/system-error.ts";
import { newSecret } from "../web/server/secrets.ts";
import { formatWebAddress, parseWebAddress, type WebAddress } from "../web/server/web-address.ts";
import { type Program, programName } from "../run/program-name.ts";
import type { ObservedRun } from "../run/surroundings.ts";
import type { WebOptions } from "./web-options.ts";
import { mayHoldSecrets, thisVisit } from "./web-surroundings.ts";
import { AGAIN, sshLine, urlOf, withoutTicket } from "./web-words.ts";

/** Engines and tasks come first. */
const PRIORITY = constants.priority.PRIORITY_BELOW_NORMAL;

/** What of a run its web process has to do with. */
export type ServedRun = Pick<ObservedRun, "files" | "noteWarning">;

/** Begins the web process of a run. The run goes on whatever becomes of it. @returns lets go of it, once the run is over. */
export function serveBeside(
  run: ServedRun,
  options: WebOptions,
  program: Program,
  say: (message: string) => void,
): () => void {
  const served = new WebProcess(run, options, program, say);
  served.begin(options.address);
  return () => served.letGo();
}

class WebProcess {
  readonly #run: ServedRun;
  readonly #options: WebOptions;
  readonly #program: Program;
  readonly #say: (message: string) => void;
  /** The same for all: programs find the page again when it was started once more. */
  readonly #token = newSecret();
  #input: Writable | undefined;
  #isOver = false;
  /** Whether somebody has been told where it serves, or why it does not. */
  #hasTold = false;
  #starts = 0;

  constructor(run: ServedRun, options: WebOptions, program: Program, say: (message: string) => void) {
    this.#run = run;
    this.#options = options;
    this.#program = program;
    this.#say = say;
  }

  /** Starts it. */
  begin(address: WebAddress): void {
    this.#starts++;
    let child: ChildProcessByStdio<Writable, Readable, Readable>;
    const [file, ...first] = this.#program.command;
    const control = this.#options.control ? ["--web-control"] : [];
    const args = ["web", "--of-run", "--web-address", formatWebAddress(address), ...control, this.#run.files.prefix];
    try {
      // A session of its own: Ctrl-C on the terminal reaches the driver alone, and the end of the run is still seen on the page.
      child = spawn(file, [...first, ...args], { stdio: ["pipe", "pipe", "pipe"], detached: true });
    } catch (error) {
      return this.#noteFailure(messageOf(error));
    }
    this.#attend(child);
  }

  /** The run is over: the process ends by itself, as soon as nobody looks at the page. */
  letGo(): void {
    if (!this.#hasTold) this.#say(`the run was over before its web page was there; to serve it: ${this.#command([])}`);
    this.#isOver = true;
    this.#input?.end();
  }

  #attend(child: ChildProcessByStdio<Writable, Readable, Readable>): void {
    let served: WebAddress | undefined;
    let last = "";
    child.once("error", (error) => this.#noteFailure(messageOf(error)));
    // Where it could not be started, Node leaves its number and its streams out.
    if (child.pid === undefined) return;
    lower(child.pid);
    this.#input = child.stdin;
    child.stdin.on("error", () => undefined);
    child.stdin.write(`${this.#token}${this.#starts > 1 ? AGAIN : ""}\n`);
    child.stdout.on("error", () => undefined);
    createInterface({ input: child.stdout }).once("line", (line) => (served = this.#tell(line)));
    child.stderr.on("error", () => undefined);
    createInterface({ input: child.stderr }).on("line", (line) => {
      last = line.replace(/^disbatch: /, "");
      if (!this.#isOver) this.#run.noteWarning(`web page: ${last}`);
    });
    // Nobody waits for it.
    child.unref();
    child.once("close", (code, signal) => {
      if (this.#isOver || code === 0) return;
      const how = signal === null ? `exit code ${code}` : `killed by ${signal}`;
      if (served === undefined) return this.#noteFailure(last === "" ? how : last);
      if (this.#starts > 1) return this.#noteFailure(`its process has ended twice (${how})`);
      this.#say(`the process of the web page has ended (${how}), and is started again; the run goes on`);
      this.begin(served);
    });
  }

  /** @param line what the process has printed. @returns where it serves. */
  #tell(line: string): WebAddress | undefined {
    const told = readLine(line);
    if (told === undefined) return undefined;
    if (this.#isOver) return undefined;
    this.#hasTold = true;
    const { address, path, note } = told;
    const page = { address, port: address.kind === "tcp" ? address.port : undefined };
    const url = urlOf(page, path);
    const isSecret = mayHoldSecrets(2);
    const fresh = isSecret ? "" : `; for a URL that lets you in: ${this.#command(["--url"])}`;
    this.#say(`web: ${isSecret ? url : withoutTicket(url)}${fresh}`);
    const home = sshLine(page, thisVisit());
    if (note !== undefined) this.#say(`warning: web page: ${note}`);
    if (home !== undefined) this.#say(`on the machine that you sit at, before you open it: ${home}`);
    return address;
  }

  #noteFailure(why: string): void {
    if (this.#isOver) return;
    this.#hasTold = true;
    this.#say(`warning: no web page: ${why}; the run goes on; to serve it again: ${this.#command([])}`);
  }

  #command(options: readonly string[]): string {
    const words = programName(this.#program.command, process.env);
    return shellWords([...words, "web", ...options, this.#run.files.prefix]);
  }
}

/** Threads that it begins from then on have the same. What cannot be lowered serves all the same. */
function lower(pid: number): void {
  try {
    setPriority(pid, PRIORITY);
  } catch {
    // It has ended already, or this system does not let us.
  }
}

/** What the process has told of the page. */
interface Told {
  readonly address: WebAddress;
  readonly path: string;
  readonly note: string | undefined;
}

function readLine(line: string): Told | undefined {
  try {
    const told: unknown = JSON.parse(line);
    if (typeof told !== "object" || told === null || !("address" in told) || !("path" in told)) return undefined;
    if (typeof told.address !== "string" || typeof told.path !== "string") return undefined;
    const note = "note" in told && typeof told.note === "string" ? told.note : undefined;
    return { address: parseWebAddress(told.address), path: told.path, note };
  } catch {
    return undefined;
  }
}
