import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type Params, queryText } from "../state/route.ts";
import { get, type ProblemError, problemFrom } from "./client.ts";
import type { Pace } from "./live-run.ts";
import { useAgain } from "./use-again.ts";

/** What is known of an answer. The last one stays until the next has come, also when that fails. */
export interface Answer<T> {
  readonly data: T | undefined;
  readonly problem: ProblemError | undefined;
  /** Whether a question is under way whose answer is another than `data`, or the first. */
  readonly isLoading: boolean;
  readonly again: () => void;
}

/**
 * Asks the server, again `every` so many seconds after each answer while the page is seen, and once more at each other stage: the
 * answer is the last one that there is when nothing is asked any more. An undefined path asks nothing.
 */
export function useAnswer<T>(
  path: string | undefined,
  params: Params = {},
  { every, stage }: Partial<Pace> = {},
): Answer<T> {
  const question = path === undefined ? undefined : path + queryText(params);
  const [state, setState] = useState<{ question?: string; data?: T; problem?: ProblemError }>({});
  const [round, setRound] = useState(0);
  const asking = useRef<AbortController | undefined>(undefined);
  const known = useRef(stage);
  if (stage !== undefined) known.current = stage;
  const again = useCallback(() => setRound((n) => n + 1), []);

  useEffect(() => {
    if (question === undefined) return undefined;
    const abort = new AbortController();
    asking.current = abort;
    const settle = (next: (before: typeof state) => typeof state): void => {
      if (abort.signal.aborted) return;
      asking.current = undefined;
      setState(next);
    };
    get<T>(question, {}, abort.signal).then(
      (data) => settle(() => ({ question, data })),
      (error: unknown) => {
        const problem = problemFrom(error);
        // What was seen last stays, unless it is the answer to something else.
        settle(({ question: asked, data }) =>
          data !== undefined && asked === question ? { question, data, problem } : { question, problem },
        );
      },
    );
    return () => {
      abort.abort();
      asking.current = undefined;
    };
  }, [question, round, known.current]);
  useAgain(every, state, asking, again);

  const { data, problem } = state;
  return { data, problem, isLoading: question !== undefined && state.question !== question, again };
}
