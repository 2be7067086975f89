import { describeError } from "../../domain/errors.ts";
import type { FollowedRun, StopRequest } from "../../domain/watch.ts";
import { frame, visibleRows } from "./frame.ts";
import { tailOf } from "./log-tail.ts";
import { type Need, needsOf } from "./needs.ts";
import { PlainText } from "./plain.ts";
import { press, type Wish } from "./press.ts";
import { detailed, paged, printed, viewed } from "./receive.ts";
import type { Screen } from "./screen.ts";
import { type Commands, goesOn, type MonitorState, openingState, type TaskOutput } from "./state.ts";

/** Between two redraws for what the run tells, in milliseconds; keys are answered at once. */
const REDRAW_MS = 250;
/** Clocks go on so often. */
const TICK_MS = 1000;
/** What is shown is asked for again after this time at the earliest, when the run has moved. */
const ASK_AGAIN_MS = 1000;

export interface MonitorOptions {
  readonly commands: Commands;
  /** Path of the run's log file. */
  readonly log?: string | undefined;
  /** What is kept of what a task has printed. */
  readonly output?: ((id: number) => Promise<TaskOutput>) | undefined;
  /** Prints a line in place of the screen. */
  readonly print: (line: string) => void;
  /** Stops this process until its shell has it go on. */
  readonly suspend: () => void;
}

/** Shows a run on a screen, from its opening to the user's farewell. */
export class Monitor {
  readonly #run: FollowedRun;
  readonly #options: MonitorOptions;
  #state: MonitorState;
  #screen: Screen | undefined;
  #redraw: NodeJS.Timeout | undefined;
  #ticks: NodeJS.Timeout | undefined;
  #drawnAt = Number.NEGATIVE_INFINITY;
  /** What has been asked, when, and what the run was like then. */
  readonly #asked = new Map<string, { at: number; pulse: string; isOpen: boolean }>();
  /** What the run is like now, but for its clocks. */
  #pulse = "";
  #plain: PlainText | undefined;
  #leave: () => void = () => undefined;
  /** Resolves when the user leaves, or `close` is called. */
  readonly left: Promise<void>;

  constructor(run: FollowedRun, options: MonitorOptions) {
    this.#run = run;
    this.#options = options;
    this.#state = openingState(run.view, run.link, clock(), options.commands);
    this.left = new Promise((resolve) => (this.#leave = resolve));
  }

  /** Begins to draw on a screen. */
  start(screen: Screen): void {
    this.#screen = screen;
    this.#run.listen(() => {
      this.#state = viewed(this.#state, this.#run.view, this.#run.link, clock());
      const pulse = pulseOf(this.#run);
      // Clocks go on by themselves, and less often.
      if (pulse !== this.#pulse) this.#soon();
      this.#pulse = pulse;
    });
    this.resized();
    this.#tick();
  }

  /** Obeys a key. */
  press(key: string): void {
    if (this.#plain !== undefined) return this.#pressInLines(key);
    const { state, wish } = press(this.#state, key);
    this.#state = state;
    if (wish !== undefined) this.#fulfil(wish);
    if (this.#plain === undefined) this.#draw();
  }

  /** Draws anew, for a terminal of another size or one that shows something else. */
  resized(): void {
    this.#draw();
  }

  /** Takes the screen again after another program had it. */
  resume(): void {
    if (this.#plain === undefined) this.#screen?.enter();
    this.#draw();
  }

  /** Ends it, as when the user leaves. The screen is the caller's. */
  close(): void {
    clearTimeout(this.#redraw);
    clearTimeout(this.#ticks);
    this.#leave();
  }

  #fulfil(wish: Wish): void {
    switch (wish.type) {
      case "quit":
        return this.close();
      case "stop":
        return void this.#stop(wish.request);
      case "stream":
        this.#plain = new PlainText(this.#options.commands.recover);
        this.#screen?.toLines();
        this.#options.print("plain lines: s goes back to the screen, q leaves");
        return this.#printNews();
      case "suspend":
        this.#screen?.leave();
        return this.#options.suspend();
      case "redraw":
        this.#screen?.leave();
        return this.#screen?.enter();
      default:
        return wish satisfies never;
    }
  }

  async #stop(request: StopRequest): Promise<void> {
    try {
      this.#say(await this.#run.stop(request), false);
    } catch (error) {
      this.#say(describeError(error), true);
    }
  }

  #pressInLines(key: string): void {
    if (key === "q" || key === "C-c") return this.close();
    if (key === "C-z") return this.#fulfil({ type: "suspend" });
    if (key !== "s" && key !== "escape") return undefined;
    this.#plain = undefined;
    return this.resume();
  }

  #printNews(): void {
    for (const line of this.#plain?.lines(this.#run.view, this.#run.link, clock()) ?? []) this.#options.print(line);
  }

  #say(text: string, bad: boolean): void {
    this.#state = { ...this.#state, said: { text, bad } };
    this.#soon();
  }

  /** Clocks on the screen go on while the run does. */
  #tick(): void {
    this.#ticks = setTimeout(() => {
      this.#state = { ...this.#state, clock: clock() };
      this.#draw();
      if (goesOn(this.#state)) this.#tick();
    }, TICK_MS);
  }

  /** Draws within a quarter of a second. */
  #soon(): void {
    if (this.#redraw !== undefined) return;
    const wait = Math.max(0, this.#drawnAt + REDRAW_MS - performance.now());
    this.#redraw = setTimeout(() => this.#draw(), wait);
  }

  #draw(): void {
    clearTimeout(this.#redraw);
    this.#redraw = undefined;
    this.#drawnAt = performance.now();
    const screen = this.#screen;
    if (screen === undefined) return;
    if (this.#plain !== undefined) return this.#printNews();
    const { columns, rows } = screen;
    this.#state = { ...this.#state, pageRows: visibleRows(this.#state, columns, rows) };
    screen.draw(frame(this.#state, columns, rows));
    this.#askForMore();
  }

  #askForMore(): void {
    const now = performance.now();
    for (const need of needsOf(this.#state)) {
      const name = nameOf(need);
      const asked = this.#asked.get(name);
      if (asked?.isOpen === true) continue;
      const hasMoved = asked?.pulse !== this.#pulse && !this.#state.frozen;
      const isDue = asked === undefined || now - asked.at >= ASK_AGAIN_MS;
      if (asked !== undefined && !(isDue && (need.isMissing || hasMoved))) continue;
      const asking = { at: now, pulse: this.#pulse, isOpen: true };
      this.#asked.set(name, asking);
      void this.#ask(need)
        .catch((error: unknown) => this.#askFailed(error))
        .finally(() => {
          asking.isOpen = false;
          this.#soon();
        });
    }
  }

  async #ask(need: Need): Promise<void> {
    switch (need.what) {
      case "page": {
        const page = await this.#run.tasks(need.query);
        this.#state = paged(this.#state, need.tab, need.key, need.number, page);
        return;
      }
      case "task": {
        const detail = await this.#run.task(need.id);
        this.#state = detailed(this.#state, need.id, detail);
        return;
      }
      case "output": {
        const output = (await this.#options.output?.(need.id)) ?? {};
        this.#state = printed(this.#state, need.id, output);
        return;
      }
      case "slots": {
        const slots = await this.#run.slots();
        this.#state = { ...this.#state, slots };
        return;
      }
      case "log":
        this.#state = { ...this.#state, log: tailOf(this.#options.log) };
        return;
      default:
        need satisfies never;
    }
  }

  /** What cannot be answered while nobody answers is asked again later. */
  #askFailed(error: unknown): void {
    if (this.#run.link.state !== "lost") this.#say(describeError(error), true);
  }
}

function nameOf(need: Need): string {
  if (need.what === "page") return `page ${need.number} ${need.key}`;
  return need.what === "task" || need.what === "output" ? `${need.what} ${need.id}` : need.what;
}

/** Changes with everything that moves lists and numbers, and not with clocks. */
function pulseOf({ view, link }: FollowedRun): string {
  const { phase, tasks, slots, kinds, engines, stalls, barriers } = view;
  const states = engines.map(({ state, reason }) => [state, reason]);
  return JSON.stringify([
    link,
    phase,
    tasks,
    slots.total,
    kinds.length,
    states,
    stalls.map(({ why }) => why),
    barriers,
  ]);
}

/** Unix time in seconds. */
function clock(): number {
  return Date.now() / 1000;
}
