import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { TaskTally } from "../../domain/watch.ts";
import type { TaskList } from "../../web/api/answers.ts";
import { apiPath, get, type ProblemError, problemFrom } from "../api/client.ts";
import type { LiveRun } from "../api/live-run.ts";
import { queryText } from "../state/route.ts";
import { useNow } from "../state/use-now.ts";
import { changesBetween, whatOfOld } from "./list-age.ts";
import { PAGE_ROWS, type PageQuestion, TaskBook } from "./task-book.ts";
import { isSteady, paramsOf, type TaskFilters } from "./task-filters.ts";

/** A list of tasks as the page shows it. */
export interface ShownBook {
  readonly book: TaskBook | undefined;
  readonly problem: ProblemError | undefined;
  /** Whether the list of these filters has not come yet. */
  readonly isLoading: boolean;
  /** Tasks that have changed since, when the list is not asked for anew by itself. */
  readonly changes: number;
  readonly refresh: () => void;
  readonly sight: (first: number, end: number) => void;
}

interface Shown {
  readonly book?: TaskBook;
  /** Aborted once another book is asked for, which takes the place of this one. */
  readonly signal?: AbortSignal;
  readonly question?: string;
  readonly problem?: ProblemError;
}

interface Asked {
  readonly tasks: TaskTally;
  readonly question: string;
  readonly answered: number | undefined;
}

/** The list, asked for as far as it is looked at. `isInUse`: rows are to stay where they are. */
export function useTaskBook(run: LiveRun, filters: TaskFilters, isInUse: boolean): ShownBook {
  const question = queryText(paramsOf(filters));
  const [shown, setShown] = useState<Shown>({});
  const [, setVersion] = useState(0);
  const [round, setRound] = useState(0);
  const sight = useRef({ first: 0, end: PAGE_ROWS });
  /** What was asked for last. `answered` is by a clock that nobody sets, in milliseconds; undefined until the answer is there. */
  const asked = useRef<Asked>({ tasks: run.view.tasks, question: "", answered: undefined });
  const abort = useRef(new AbortController());
  const busy = useRef(false);
  const refresh = useCallback(() => setRound((n) => n + 1), []);

  /** Asks until all that is in sight has come. */
  const look = useCallback(async (book: TaskBook): Promise<void> => {
    if (busy.current) return;
    busy.current = true;
    const { signal } = abort.current;
    try {
      for (let before = -1; before !== sight.current.first;) {
        before = sight.current.first;
        await book.show(sight.current.first, sight.current.end);
        if (signal.aborted) return;
        setVersion((n) => n + 1);
      }
    } catch (error) {
      if (!signal.aborted) setShown((now) => ({ ...now, problem: problemFrom(error) }));
    } finally {
      if (!signal.aborted) busy.current = false;
    }
  }, []);

  useEffect(() => {
    abort.current = new AbortController();
    busy.current = false;
    const { signal } = abort.current;
    const isSame = asked.current.question === question;
    if (!isSame) sight.current = { first: 0, end: PAGE_ROWS };
    asked.current = { tasks: run.view.tasks, question, answered: undefined };
    const params = { ...paramsOf(filters), limit: PAGE_ROWS };
    const ask = (page: PageQuestion): Promise<TaskList> =>
      get<TaskList>(apiPath(run.id, "tasks"), { ...params, ...page }, signal);
    const book = new TaskBook(filters, ask, (run.view.tasks.total ?? 0) + run.view.barriers.passed + 1);
    const begin = async (): Promise<void> => {
      try {
        // What is seen stays until what is to be seen has come.
        await book.show(0, 1);
        await book.show(sight.current.first, sight.current.end);
        if (!signal.aborted) setShown({ book, signal, question });
      } catch (error) {
        const problem = problemFrom(error);
        if (!signal.aborted)
          setShown((now) => (now.question === question ? { ...now, problem } : { question, problem }));
      }
      if (!signal.aborted) asked.current = { ...asked.current, answered: performance.now() };
    };
    void begin();
    return () => abort.current.abort();
  }, [run.id, question, round]);

  const onSight = useCallback(
    (first: number, end: number) => {
      sight.current = { first, end };
      if (shown.book !== undefined && shown.signal?.aborted === false) void look(shown.book);
    },
    [shown.book, shown.signal, look],
  );

  const isLoading = shown.question !== question;
  const changes = isLoading ? 0 : changesBetween(asked.current.tasks, run.view.tasks, filters.states);
  const now = useNow(changes > 0);
  const isAtTop = sight.current.first === 0;
  const { answered } = asked.current;
  const age = answered === undefined ? 0 : (performance.now() - answered) / 1000;
  const what = whatOfOld({ changes, isSteady: isSteady(filters), isAtTop, isInUse, age });
  useEffect(() => {
    if (what === "ask" && asked.current.answered !== undefined) refresh();
  }, [what, refresh, now]);

  return useMemo(
    () => ({
      book: shown.book,
      problem: shown.problem,
      isLoading,
      changes: what === "say" ? changes : 0,
      refresh,
      sight: onSight,
    }),
    [shown, isLoading, what, changes, refresh, onSight],
  );
}
