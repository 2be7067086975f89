import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { InstanceList } from "../../web/api/answers.ts";
import { apiPath, get, type ProblemError, problemFrom } from "../api/client.ts";
import type { Params } from "../state/route.ts";

export type Instance = InstanceList["instances"][number];

/** Rows that are asked for at once. */
const PAGE = 200;

export interface Instances {
  /** Undefined until the first ones have come. */
  readonly rows: readonly Instance[] | undefined;
  readonly total: number | undefined;
  readonly hasMore: boolean;
  readonly problem: ProblemError | undefined;
  /** Asks for the next ones when those before `end` are not all known. */
  readonly need: (end: number) => void;
  readonly again: () => void;
}

interface Known {
  /** What these are the answer to: while the next is on its way, the last answer stays. */
  readonly question?: string;
  readonly rows?: readonly Instance[];
  readonly total?: number | undefined;
  readonly cursor?: string | undefined;
  readonly problem?: ProblemError;
}

/** Instances of a template, a page after the other as they come in sight. */
export function useInstances(run: string, params: Params): Instances {
  const question = JSON.stringify(params);
  const [known, setKnown] = useState<Known>({});
  const [round, setRound] = useState(0);
  const asking = useRef<AbortController | undefined>(undefined);
  const newest = useRef(known);
  newest.current = known;

  const ask = useCallback(
    async (before: readonly Instance[], cursor: string | undefined): Promise<void> => {
      const abort = new AbortController();
      asking.current = abort;
      try {
        const path = apiPath(run, "graph", "instances");
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Made of parameters above.
        const asked = JSON.parse(question) as Params;
        const list = await get<InstanceList>(path, { ...asked, limit: PAGE, cursor }, abort.signal);
        setKnown({ question, rows: [...before, ...list.instances], total: list.total, cursor: list.cursor });
      } catch (error) {
        if (abort.signal.aborted) return;
        const problem = problemFrom(error);
        setKnown((now) => (now.question === question ? { ...now, problem } : { question, problem }));
      } finally {
        if (asking.current === abort) asking.current = undefined;
      }
    },
    [run, question],
  );
  useEffect(() => {
    void ask([], undefined);
    return () => asking.current?.abort();
  }, [ask, round]);
  const need = useCallback(
    (end: number) => {
      const { question: answered, rows, cursor } = newest.current;
      if (answered !== question || rows === undefined || cursor === undefined) return;
      if (end <= rows.length || asking.current !== undefined) return;
      void ask(rows, cursor);
    },
    [ask, question],
  );

  const { rows, total, cursor, problem } = known;
  return { rows, total, hasMore: cursor !== undefined, problem, need, again: () => setRound((n) => n + 1) };
}
