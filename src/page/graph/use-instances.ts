import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { InstanceList } from "../../web/api/answers.ts";
import { apiPath, get, type ProblemError, problemFrom } from "../api/client.ts";
import type { Pace } from "../api/live-run.ts";
import { useAgain } from "../api/use-again.ts";
import type { Params } from "../state/route.ts";
import { pagesInSight, type InstancePage, rowsOf, withPage } from "./instance-pages.ts";

export type Instance = InstanceList["instances"][number];

/** Rows that are asked for at once. */
const PAGE = 200;

export interface Instances {
  /** Undefined until the first ones have come. */
  readonly rows: readonly Instance[] | undefined;
  readonly total: number | undefined;
  readonly hasMore: boolean;
  readonly problem: ProblemError | undefined;
  /** Says which rows are in sight: all before `end` are asked for, and those in sight are kept up to date. */
  readonly sight: (first: number, end: number) => void;
  readonly again: () => void;
}

interface Known {
  /** What these are the answer to: while the next is on its way, the last answer stays. */
  readonly question?: string;
  readonly pages?: readonly InstancePage[];
  readonly total?: number | undefined;
  readonly problem?: ProblemError;
}

/** Instances of a template, a page after the other as they come in sight. What is in sight is asked for again while the run goes on. */
export function useInstances(run: string, params: Params, { every, stage }: Partial<Pace> = {}): Instances {
  const question = JSON.stringify(params);
  const [known, setKnown] = useState<Known>({});
  const [round, setRound] = useState(0);
  const asking = useRef<AbortController | undefined>(undefined);
  const inSight = useRef({ first: 0, end: 1 });
  const newest = useRef(known);
  newest.current = known;
  const knownStage = useRef(stage);
  if (stage !== undefined) knownStage.current = stage;

  /** Asks for pages one after the other, each of which takes the place of those from it on. */
  const ask = useCallback(
    async (numbers: readonly number[], before: readonly InstancePage[] = []): Promise<void> => {
      const abort = new AbortController();
      asking.current = abort;
      const path = apiPath(run, "graph", "instances");
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Made of parameters above.
      const asked = JSON.parse(question) as Params;
      try {
        let pages = before;
        let total: number | undefined;
        for (const number of numbers) {
          // What came just now may have ended earlier than what was there.
          if (number > 0 && pages[number - 1]?.next === undefined) break;
          const cursor = pages[number - 1]?.next;
          const list = await get<InstanceList>(path, { ...asked, limit: PAGE, cursor }, abort.signal);
          pages = withPage(pages, number, { rows: list.instances, next: list.cursor });
          total = list.total;
        }
        if (abort.signal.aborted) return;
        asking.current = undefined;
        setKnown({ question, pages, total });
      } catch (error) {
        if (abort.signal.aborted) return;
        asking.current = undefined;
        const problem = problemFrom(error);
        setKnown((now) => (now.question === question ? { ...now, problem } : { question, problem }));
      }
    },
    [run, question],
  );
  useEffect(() => {
    void ask([0]);
    return () => {
      asking.current?.abort();
      asking.current = undefined;
    };
  }, [ask, round, knownStage.current]);

  const need = useCallback(() => {
    const { question: answered, pages, problem } = newest.current;
    // After a problem nothing is asked by itself but at the pace of the run, or somebody asks again.
    if (answered !== question || pages === undefined || problem !== undefined || asking.current !== undefined) return;
    if (pages.at(-1)?.next !== undefined && inSight.current.end > rowsOf(pages).length) void ask([pages.length], pages);
  }, [ask, question]);
  useEffect(need, [known, need]);
  const sight = useCallback(
    (first: number, end: number) => {
      inSight.current = { first, end };
      need();
    },
    [need],
  );

  const refresh = useCallback(() => {
    const { question: answered, pages } = newest.current;
    if (answered !== question || pages === undefined) setRound((n) => n + 1);
    else void ask(pagesInSight(pages, inSight.current), pages);
  }, [ask, question]);
  useAgain(every, known, asking, refresh);

  const { pages, total, problem } = known;
  const rows = useMemo(() => (pages === undefined ? undefined : rowsOf(pages)), [pages]);
  const again = useCallback(() => setRound((n) => n + 1), []);
  return { rows, total, hasMore: pages?.at(-1)?.next !== undefined, problem, sight, again };
}
