import { useEffect, useState } from "preact/hooks";
import type { RunDocument } from "../../web/api/answers.ts";
import { apiPath, get, type ProblemError, problemFrom } from "./client.ts";
import { EVENT_NAMES, type LiveRun } from "./live-run.ts";
import { type FeedSurroundings, RunFeed, type StreamListener } from "./run-feed.ts";

/** What is known of a run. */
export interface KnownRun {
  readonly run: LiveRun | undefined;
  /** Why nothing is known. */
  readonly problem: ProblemError | undefined;
}

/** Milliseconds until a run is asked for again of which nothing is known. */
const AGAIN = 3000;

/** Follows a run as long as the component stands; without an id, none. */
export function useRun(id: string | undefined): KnownRun {
  const [known, setKnown] = useState<KnownRun & { readonly id?: string }>({ run: undefined, problem: undefined });

  useEffect(() => {
    if (id === undefined) return undefined;
    let feed: RunFeed | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const abort = new AbortController();
    const begin = async (): Promise<void> => {
      try {
        const answer = await get<RunDocument>(apiPath(id), {}, abort.signal);
        const changed = (run: LiveRun): void => setKnown({ id, run, problem: undefined });
        feed = new RunFeed(answer, apiPath(id, "events"), changed, around(id));
        changed(feed.run);
        if (document.hidden) feed.see(false);
      } catch (error) {
        if (abort.signal.aborted) return;
        const problem = problemFrom(error);
        setKnown({ id, run: undefined, problem });
        if (problem.status === 0 || problem.status >= 500) timer = setTimeout(() => void begin(), AGAIN);
      }
    };
    const look = (): void => feed?.see(!document.hidden);
    void begin();
    document.addEventListener("visibilitychange", look);
    addEventListener("online", look);
    addEventListener("focus", look);
    return () => {
      abort.abort();
      clearTimeout(timer);
      feed?.close();
      document.removeEventListener("visibilitychange", look);
      removeEventListener("online", look);
      removeEventListener("focus", look);
    };
  }, [id]);

  return known.id === id ? known : { run: undefined, problem: undefined };
}

/** Commands that go on with a run are others once it does something else: they are asked for again. */
export function useNext(run: LiveRun): RunDocument["next"] {
  const { phase, reason, ended } = run.view;
  const link = run.link.state;
  const [next, setNext] = useState(run.next);
  useEffect(() => {
    const abort = new AbortController();
    get<RunDocument>(apiPath(run.id), {}, abort.signal).then(
      (document) => setNext(document.next),
      () => undefined,
    );
    return () => abort.abort();
  }, [run.id, phase, reason, ended, link]);
  return next;
}

function around(id: string): FeedSurroundings {
  return {
    open: openStream,
    ask: (signal) => get<RunDocument>(apiPath(id), {}, signal),
    now: () => Date.now(),
    after: (milliseconds, then) => {
      const timer = setTimeout(then, milliseconds);
      return () => clearTimeout(timer);
    },
  };
}

function openStream(url: string, hear: StreamListener): { close(): void } {
  const source = new EventSource(url);
  source.addEventListener("open", () => hear.opened());
  source.addEventListener("error", () => hear.failed(source.readyState === EventSource.CLOSED));
  for (const name of EVENT_NAMES) {
    source.addEventListener(name, (event: MessageEvent<string>) => {
      hear.event({ name, data: JSON.parse(event.data) });
    });
  }
  return { close: () => source.close() };
}
