import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { StreamName } from "./stream-name.ts";
import { apiPath, getBytes, type ProblemError, problemFrom } from "../api/client.ts";
import { bytesBefore, joined, LAST_BYTES, type OutputPart, placeOfPart } from "./output-part.ts";

export interface KnownOutput {
  readonly part: OutputPart | undefined;
  readonly problem: ProblemError | undefined;
  readonly isLoading: boolean;
  /** Reads what comes before. */
  readonly earlier: () => void;
}

/** The end of what a task has printed. @param version another text when it is another one, or longer. */
export function useOutput(run: string, task: number, stream: StreamName, version: string): KnownOutput {
  const path = apiPath(run, "tasks", task, "output", stream);
  const [state, setState] = useState<{ path?: string; part?: OutputPart; problem?: ProblemError }>({});
  const [isReading, setReading] = useState(false);
  const abort = useRef(new AbortController());

  const read = useCallback(
    async (range: string, later?: OutputPart): Promise<void> => {
      const { signal } = abort.current;
      setReading(true);
      try {
        const { bytes, range: place } = await getBytes(path, range, signal);
        const part = { bytes, ...placeOfPart(place, bytes.length) };
        setState({ path, part: later === undefined ? part : joined(part, later) });
      } catch (error) {
        if (!signal.aborted)
          setState((now) => ({ ...(now.path === path ? now : {}), path, problem: problemFrom(error) }));
      } finally {
        if (!signal.aborted) setReading(false);
      }
    },
    [path],
  );

  useEffect(() => {
    abort.current = new AbortController();
    void read(LAST_BYTES);
    return () => abort.current.abort();
  }, [read, version]);

  const isOther = state.path !== path;
  const part = isOther ? undefined : state.part;
  const earlier = useCallback(() => {
    if (part !== undefined) void read(bytesBefore(part.from), part);
  }, [part, read]);
  return { part, problem: isOther ? undefined : state.problem, isLoading: isOther || isReading, earlier };
}
