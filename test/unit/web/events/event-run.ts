import type { Clock } from "../../../../src/web/events/deadline.ts";
import type { Watched } from "../../../../src/web/events/event-hub.ts";
import { EventHub } from "../../../../src/web/events/event-hub.ts";
import { EventReaders } from "../../../../src/web/events/event-readers.ts";
import type { RunView, WatchLink } from "../../../../src/domain/watch.ts";
import { viewOf } from "../../../../src/records/state/view.ts";
import { RunState } from "../../../../src/records/state/run-state.ts";
import { joined, started, START } from "../../faces/terminal/events.ts";

/** A clock that goes on when the test says so. */
class TestClock implements Clock {
  #time = 0;
  readonly #due = new Map<() => void, number>();

  readonly now = (): number => this.#time;

  /** How many times something was to be called back. */
  timers = 0;

  readonly after = (delay: number, call: () => void): (() => void) => {
    this.timers++;
    const once = (): void => call();
    this.#due.set(once, this.#time + delay);
    return () => void this.#due.delete(once);
  };

  /** Calls back all that is due until then, in order. Milliseconds. */
  pass(milliseconds: number): void {
    const end = this.#time + milliseconds;
    for (;;) {
      const [next] = [...this.#due].toSorted(([, a], [, b]) => a - b);
      if (next === undefined || next[1] > end) break;
      this.#due.delete(next[0]);
      this.#time = Math.max(this.#time, next[1]);
      next[0]();
    }
    this.#time = end;
  }

  get waiting(): number {
    return this.#due.size;
  }
}

/** A run that is as the test says. */
export class EventRun implements Watched {
  readonly warnings: string[] = [];
  readonly clock = new TestClock();
  readonly hub: EventHub;
  readonly readers = new EventReaders(this.clock);
  /** How often somebody has looked. */
  looks = 0;
  #view = firstView();
  #link: WatchLink = { state: "live" };
  readonly #listeners: (() => void)[] = [];
  readonly followed: Watched["followed"] = ((run: EventRun) => ({
    get view() {
      run.looks++;
      return run.#view;
    },
    get link() {
      return run.#link;
    },
    listen: (changed: () => void) => void run.#listeners.push(changed),
  }))(this);

  constructor(epoch = "e0", link: WatchLink = { state: "live" }) {
    this.#link = link;
    this.hub = new EventHub(this, epoch, this.clock);
  }

  get view(): RunView {
    return this.#view;
  }

  /** So many tasks have succeeded. */
  succeed(succeeded: number): void {
    this.change({ tasks: { ...this.#view.tasks, succeeded }, now: START + succeeded });
  }

  change(changes: Partial<RunView>, link: WatchLink = this.#link): void {
    this.#view = { ...this.#view, ...changes };
    this.#link = link;
    for (const listener of this.#listeners) listener();
  }

  /** Opens a connection. @returns undefined when there is nothing more to tell. */
  open(lastId?: string): ReadableStream<Uint8Array> | undefined {
    const first = this.hub.begin(lastId);
    return first === undefined ? undefined : this.readers.open(this.hub, first);
  }
}

function firstView(): RunView {
  const state = new RunState();
  for (const event of [started(1000), joined(0, 2)]) state.handle(event);
  return viewOf(state, { jobId: "job", taskFile: "Tasks", host: "head", pid: 1 }, START);
}
