import type { Duplex } from "node:stream";
import { ControllerHandle } from "./controller-handle.ts";
import type { Verbs } from "./verbs.ts";
import type { Watchers } from "./watchers.ts";

/**
 * Controllers at a time. Each may be the only one of a job array of many small jobs; more than this come from a script that
 * has gone wild, and file descriptors are the engines' before they are anybody's.
 */
const MOST_CONTROLLERS = 512;

/** Everybody who has called to look at the run or to change its engines. */
export class Controllers {
  readonly #verbs: Verbs;
  readonly #watchers: Watchers;
  readonly #handles = new Set<ControllerHandle>();
  #closed = false;

  constructor(verbs: Verbs, watchers: Watchers) {
    this.#verbs = verbs;
    this.#watchers = watchers;
  }

  accept(socket: Duplex): void {
    // Those that are turned away need a moment to hear of it.
    if (this.#handles.size >= 2 * MOST_CONTROLLERS) return void socket.destroy();
    const handle = new ControllerHandle(socket, {
      verbs: this.#verbs,
      watchers: this.#watchers,
      refusal:
        this.#handles.size < MOST_CONTROLLERS ? undefined : { code: "too-many-controllers", most: MOST_CONTROLLERS },
      closed: () => void this.#handles.delete(handle),
    });
    this.#handles.add(handle);
    if (this.#closed) void handle.close();
  }

  /** Says goodbye to all, also to those that come yet; resolves when they have been told, or do not listen. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#watchers.close();
    await Promise.all([...this.#handles].map((handle) => handle.close()));
  }
}
