import type { RunEvent } from "../../../../src/domain/events.ts";
import type { FollowedRun, RunView, StopRequest, WatchLink } from "../../../../src/domain/watch.ts";
import { webApp, type WebApp, type WebAppOptions } from "../../../../src/web/api/app.ts";
import type { KeptStream, Problem } from "../../../../src/web/api/answers.ts";
import type { WebRun } from "../../../../src/web/api/web-run.ts";
import { exited } from "../../../../src/domain/ending.ts";
import { finished, joined, runs, assigned, started, START } from "../../faces/terminal/events.ts";
import { WatchedHistory } from "../../records/state/watched-history.ts";

/** A run whose events the test tells, as the server knows it. */
export class TestRun implements WebRun {
  readonly id: string;
  readonly name = "Tasks";
  readonly prefix = "/home/you/Tasks";
  readonly isWorkflow: boolean;
  readonly warnings: string[] = [];
  readonly history = new WatchedHistory();
  readonly stops: StopRequest[] = [];
  readonly printed = new Map<string, { readonly missing: number; readonly bytes: Buffer }>();
  refusal: Error | undefined;
  link: WatchLink = { state: "live" };
  #listeners: (() => void)[] = [];
  /** Another view than that of the events. */
  view: RunView | undefined;

  constructor(id = "Tasks-1", isWorkflow = false) {
    this.id = id;
    this.isWorkflow = isWorkflow;
  }

  readonly followed: FollowedRun = ((run: TestRun) => ({
    get view() {
      return run.view ?? run.history.watch.view();
    },
    get link() {
      return run.link;
    },
    listen: (changed: () => void) => void run.#listeners.push(changed),
    tasks: (query) => run.history.watch.tasks(query),
    task: (id) => run.history.watch.task(id),
    slots: () => run.history.watch.slots(),
    stop: (request) => {
      if (run.refusal !== undefined) return Promise.reject(run.refusal);
      run.stops.push(request);
      return Promise.resolve("done");
    },
    close: () => Promise.resolve(),
  }))(this);

  tell(...events: readonly RunEvent[]): void {
    this.history.tell(events);
    this.changed();
  }

  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  pictured: WebRun["pictured"] = async () => {
    const { state } = this.history;
    const { started: since = START, ended } = state;
    return {
      table: state.table,
      engines: state.engines,
      kinds: state.kinds.list(),
      started: since,
      until: ended ?? START + 100,
      hasEnded: ended !== undefined,
      barriers: [],
      reconstructed: false,
      isComplete: true,
      revision: 1,
    };
  };

  next: WebRun["next"] = () => [{ purpose: "to run the rest", command: "disbatch -r Tasks_status.txt Tasks" }];
  nextOfTask: WebRun["nextOfTask"] = ({ row }) => [{ purpose: "to see it", command: `disbatch output . ${row.id}` }];

  kept: WebRun["kept"] = async (task) => {
    const [stdout, stderr] = [this.#keptOf(task, "stdout"), this.#keptOf(task, "stderr")];
    return { ...(stdout === undefined ? {} : { stdout }), ...(stderr === undefined ? {} : { stderr }) };
  };

  output: WebRun["output"] = async (task, stream, choose) => {
    const [kept, printed] = [this.#keptOf(task, stream), this.printed.get(`${task} ${stream}`)];
    if (kept === undefined || printed === undefined) return undefined;
    const { from, to } = choose(kept);
    return { kept, bytes: printed.bytes.subarray(from, to) };
  };

  graph: WebRun["graph"] = async () => ({
    name: "analysis",
    boxes: [{ id: "align", templates: ["align"], column: 0, row: 0, counts: { done: 1, failed: 2 }, isGrowing: false }],
    edges: [],
    templates: [{ name: "align", counts: { done: 1, failed: 2 }, isGrowing: false }],
    truncated: false,
    edgesTruncated: false,
  });

  instances: WebRun["instances"] = async ({ template, limit }) => ({
    instances: [{ name: `${template}/1`, state: "failed", task: 3 }].slice(0, limit),
    total: 1,
    truncated: false,
  });

  report: WebRun["report"] = async (format) => (format === "json" ? '{"version":1}\n' : `a report as ${format}\n`);
  close: WebRun["close"] = async () => {};

  #keptOf(task: number, stream: string): KeptStream | undefined {
    const printed = this.printed.get(`${task} ${stream}`);
    if (printed === undefined) return undefined;
    const { missing, bytes } = printed;
    return { bytes: missing + bytes.length, missing, attempt: 1, isEarlierRun: false };
  }
}

/** A run in which something has happened: 20 tasks, of which 10 have ended, 3 of them badly, and 2 run. */
export function busyRun(id?: string, isWorkflow?: boolean): TestRun {
  const run = new TestRun(id, isWorkflow);
  run.tell(started(20), joined(0, 2), joined(1, 4));
  for (let task = 0; task < 10; task++) {
    const ending = exited(task % 4 === 1 ? 1 : 0);
    const error = task % 4 === 1 ? { bytes: 10, snippet: `task ${task}: <script>` } : { bytes: 0, snippet: "" };
    run.tell(
      assigned(task),
      finished(task, { ending, error, start: START + task, finish: START + task + 2 }, `sim ${task}`),
    );
  }
  run.tell(assigned(10), assigned(11, 1), runs(10), runs(11, { engine: 1, slot: 3 }), assigned(12, 1));
  run.printed.set("1 stdout", { missing: 0, bytes: Buffer.from("0123456789") });
  run.printed.set("1 stderr", { missing: 1000, bytes: Buffer.alloc(600 * 1024, "abc\n") });
  return run;
}

/** An app over these runs. */
export function appOf(all: readonly WebRun[], options: Partial<WebAppOptions> = {}): WebApp {
  return webApp(() => all, { control: true, version: "1.2.3", ...options });
}

/** What of a problem is told to programs. */
export async function problemOf(answer: Response): Promise<{ readonly status: number; readonly code: string }> {
  const problem: Problem = JSON.parse(await answer.text());
  if (answer.headers.get("Content-Type") !== "application/problem+json") throw new Error("it is told as a problem");
  return { status: problem.status, code: problem.code };
}

/** Asks the app. */
export async function ask(app: WebApp, path: string, init: RequestInit = {}): Promise<Response> {
  return app.fetch(new Request(`http://127.0.0.1:8000${path}`, init));
}
