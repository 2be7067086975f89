import { apiPath, get } from "../api/client.ts";
import { useEffect, useState } from "preact/hooks";
import type { TaskRow } from "../../domain/watch.ts";
import type { TimelineTask } from "../../web/api/answers.ts";
import { timeText } from "../state/route.ts";

export interface Place {
  /** Unix time. */
  readonly at: number;
  readonly engine: number;
  readonly slot: number;
}

/** The task that ran on a slot then. @throws ProblemError */
export async function askTask(
  run: string,
  { at, engine, slot }: Place,
  signal?: AbortSignal,
): Promise<TaskRow | undefined> {
  const path = apiPath(run, "timeline", "task");
  return (await get<TimelineTask>(path, { at: timeText(at), engine, slot }, signal)).task;
}

/** Milliseconds that a pointer rests before anything is asked. */
const REST = 120;

/** The task at a place, once the place has been the same for a moment; `unknown` until then. */
export function useTaskThere(run: string, place: Place | undefined): TaskRow | "none" | "unknown" {
  const [known, setKnown] = useState<{ readonly key: string; readonly task: TaskRow | undefined }>();
  const key = place === undefined ? "" : `${place.engine} ${place.slot} ${timeText(place.at)}`;
  useEffect(() => {
    if (place === undefined) return undefined;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      askTask(run, place, abort.signal).then(
        (task) => setKnown({ key, task }),
        // Nothing is said of a task that cannot be had.
        () => undefined,
      );
    }, REST);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [run, key]);
  if (known === undefined || place === undefined) return "unknown";
  // The task that was found stays while the pointer is still within it.
  const { task } = known;
  if (known.key === key) return task ?? "none";
  const isSame =
    task !== undefined &&
    task.engine === place.engine &&
    task.slot === place.slot &&
    (task.start ?? Infinity) <= place.at &&
    (task.finish ?? Infinity) >= place.at;
  return isSame ? task : "unknown";
}
