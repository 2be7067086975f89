import { type ContainerNode, h, render } from "preact";
import { act } from "preact/test-utils";
import { vi } from "vitest";

/** A question to the server that waits for its answer. */
interface Asked {
  readonly url: string;
  readonly answer: (document: unknown) => Promise<void>;
  readonly fail: () => Promise<void>;
}

/** A browser that has no more than hooks need: a component that shows nothing, questions that the test answers, and a clock that it sets. */
export class HookStage<P, T> {
  readonly asked: Asked[] = [];
  readonly #hook: (given: P) => T;
  readonly #root = emptyRoot();
  /** The same each time, as hooks are kept by it. */
  readonly #component = (): null => {
    if (this.#given !== undefined) this.#result = this.#hook(this.#given);
    return null;
  };
  #given: P | undefined;
  #result: T | undefined;

  constructor(hook: (given: P) => T) {
    this.#hook = hook;
    vi.useFakeTimers({
      toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"],
    });
    vi.stubGlobal("document", {
      hidden: false,
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
    });
    vi.stubGlobal("fetch", (url: string, init: RequestInit) => this.#fetch(url, init));
  }

  /** What the hook returned last. */
  get result(): T {
    if (this.#result === undefined) throw new Error("the hook has not been called");
    return this.#result;
  }

  get urls(): string[] {
    return this.asked.map(({ url }) => url);
  }

  /** Calls the hook as a component does, with its effects. */
  async show(given: P): Promise<void> {
    this.#given = given;
    await act(() => render(h(this.#component, {}), this.#root));
  }

  /** Does something, and what follows from it. */
  async do(what: (result: T) => void): Promise<void> {
    await settled(() => what(this.result));
  }

  /** Time goes on. */
  async pass(milliseconds: number): Promise<void> {
    await settled(() => vi.advanceTimersByTime(milliseconds));
  }

  close(): void {
    render(null, this.#root);
    vi.unstubAllGlobals();
    vi.useRealTimers();
  }

  async #fetch(url: string, { signal }: RequestInit): Promise<Response> {
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- As browsers do.
      signal?.addEventListener("abort", () => reject(signal.reason));
      this.asked.push({
        url,
        answer: (document) => settled(() => resolve(Response.json(document))),
        fail: () => settled(() => reject(new TypeError("unreachable"))),
      });
    });
  }
}

/** Does something, and waits for what comes of it by itself. */
function settled(what: () => void): Promise<void> {
  return act(async () => {
    what();
    await new Promise((then) => setImmediate(then));
  });
}

/** An element that nothing is put into. */
function emptyRoot(): ContainerNode {
  const root: ContainerNode & { readonly contains: () => boolean } = {
    nodeType: 1,
    parentNode: null,
    firstChild: null,
    childNodes: [],
    contains: () => false,
    insertBefore: (node) => node,
    appendChild: (node) => node,
    removeChild: (node) => node,
  };
  return root;
}
