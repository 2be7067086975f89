import type { JSX } from "preact";
import { useCallback, useMemo, useState } from "preact/hooks";
import type { TaskRow } from "../../domain/watch.ts";
import { isStale, type LiveRun, runNow } from "../api/live-run.ts";
import { DataTable } from "../parts/data-table.tsx";
import { Empty, Failed, Loading } from "../parts/states.tsx";
import { go, useParams } from "../state/location.ts";
import { pathToTask } from "../state/route.ts";
import { useNow } from "../state/use-now.ts";
import { formatCount } from "../words/numbers.ts";
import { FilterBar, OrderField } from "./filter-bar.tsx";
import { FILTER_NAMES, filtersOf, isFiltered, paramsOf, type TaskFilters } from "./task-filters.ts";
import { taskColumns } from "./task-columns.tsx";
import { listWords } from "./list-words.ts";
import { useTaskBook } from "./use-task-book.ts";
import { useIsWide } from "./use-wide.ts";

/** Tasks, filtered by what stands in the address. */
export function TasksPage({ run }: { readonly run: LiveRun }): JSX.Element {
  const [query, changeParams] = useParams();
  const filters = useMemo(() => filtersOf(query), [query]);
  const [isInUse, setInUse] = useState(false);
  const { book, problem, isLoading, changes, refresh, sight } = useTaskBook(run, filters, isInUse);
  const at = useNow(run.view.ended === undefined && !isStale(run));
  const isWide = useIsWide(560);
  const change = (some: Partial<TaskFilters>, replace = false): void =>
    changeParams(paramsOf({ ...filters, ...some }), { replace });
  const clear = (): void =>
    changeParams(
      Object.fromEntries(FILTER_NAMES.map((name) => [name, name === "sort" ? (query.get(name) ?? "") : ""])),
    );
  const open = useCallback((row: TaskRow) => go(pathToTask(run.id, row.id)), [run.id]);
  const now = runNow(run, at);
  const words = book === undefined ? "" : listWords(book, filters);

  return (
    <div class="stack tasks-page">
      <h1 class="hidden">Tasks</h1>
      <FilterBar run={run} filters={filters} change={change} clear={clear} />
      <div class="list-line">
        <span role="status">{isLoading ? "Looking..." : words}</span>
        {changes > 0 && (
          <button type="button" class="small" onClick={refresh}>
            {formatCount(changes)} changed - refresh
          </button>
        )}
        <OrderField filters={filters} change={change} />
      </div>
      {problem !== undefined && <Failed problem={problem} again={refresh} />}
      {book === undefined ? (
        problem === undefined && <Loading what="Reading tasks" />
      ) : book.count === 0 && !isLoading ? (
        <NoTasks filters={filters} clear={clear} />
      ) : (
        <div
          class={isLoading ? "fades" : ""}
          onPointerEnter={() => setInUse(true)}
          onPointerLeave={() => setInUse(false)}
          onFocusCapture={() => setInUse(true)}
          onBlurCapture={() => setInUse(false)}
        >
          <DataTable
            label="Tasks"
            list={JSON.stringify(paramsOf(filters))}
            columns={taskColumns(run.id, now, isWide)}
            count={book.count}
            rowAt={(index) => book.rowAt(index)}
            keyOf={({ id }) => id}
            sort={filters.sort === "age" ? undefined : { by: filters.sort, descending: filters.sort !== "id" }}
            onSort={(by) => change({ sort: by === "newest" || by === "duration" ? by : "id" })}
            onSight={sight}
            onOpen={open}
            isTall={!isWide}
            most={isWide ? 24 : 10}
          />
        </div>
      )}
    </div>
  );
}

function NoTasks({ filters, clear }: { readonly filters: TaskFilters; readonly clear: () => void }): JSX.Element {
  if (!isFiltered(filters)) return <Empty>There are no tasks yet.</Empty>;
  return (
    <div class="empty">
      <p>No task is like this.</p>
      <button type="button" onClick={clear}>
        Clear the filter
      </button>
    </div>
  );
}
