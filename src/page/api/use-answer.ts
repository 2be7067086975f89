import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type Params, queryText } from "../state/route.ts";
import { get, type ProblemError, problemFrom } from "./client.ts";
import type { Pace } from "./live-run.ts";

/** What is known of an answer. The last one stays until the next has come, also when that fails. */
export interface Answer<T> {
  readonly data: T | undefined;
  readonly problem: ProblemError | undefined;
  /** Whether a question is under way whose answer is another than `data`, or the first. */
  readonly isLoading: boolean;
  readonly again: () => void;
}

/**
 * Asks the server, again `every` so many seconds while the page is seen, and once more at each other stage: the answer is the
 * last one that there is when nothing is asked any more. An undefined path asks nothing.
 */
export function useAnswer<T>(
  path: string | undefined,
  params: Params = {},
  { every, stage }: Partial<Pace> = {},
): Answer<T> {
  const question = path === undefined ? undefined : path + queryText(params);
  const [state, setState] = useState<{ question?: string; data?: T; problem?: ProblemError }>({});
  const [round, setRound] = useState(0);
  const last = useRef(0);
  const known = useRef(stage);
  if (stage !== undefined) known.current = stage;
  const again = useCallback(() => setRound((n) => n + 1), []);

  useEffect(() => {
    if (question === undefined) return undefined;
    const abort = new AbortController();
    last.current = Date.now();
    get<T>(question, {}, abort.signal).then(
      (data) => setState({ question, data }),
      (error: unknown) => {
        if (abort.signal.aborted) return;
        const problem = problemFrom(error);
        // What was seen last stays, unless it is the answer to something else.
        setState(({ question: asked, data }) =>
          data !== undefined && asked === question ? { question, data, problem } : { question, problem },
        );
      },
    );
    return () => abort.abort();
  }, [question, round, known.current]);

  useEffect(() => {
    if (every === undefined) return undefined;
    const look = (): void => {
      if (!document.hidden && Date.now() - last.current >= every * 990) again();
    };
    const timer = setInterval(look, every * 1000);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [every, again]);

  const { data, problem } = state;
  return { data, problem, isLoading: question !== undefined && state.question !== question, again };
}
