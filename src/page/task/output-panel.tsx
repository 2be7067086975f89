import type { JSX } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { harmless } from "../../domain/printable.ts";
import type { StreamName } from "./stream-name.ts";
import type { TaskRow } from "../../domain/watch.ts";
import type { KeptStream, TaskDocument } from "../../web/api/answers.ts";
import { apiPath } from "../api/client.ts";
import { CopyButton } from "../parts/command.tsx";
import { Panel } from "../parts/panel.tsx";
import { Empty, Failed, Loading } from "../parts/states.tsx";
import { formatBytes } from "../words/numbers.ts";
import { attemptWords, textOf, withoutStyles } from "./output-part.ts";
import { useOutput } from "./use-output.ts";

const TITLES: Readonly<Record<StreamName, string>> = { stdout: "Output", stderr: "Error output" };

/** What a task has printed to one of its streams: all that is kept of it, or what the status file has. */
export function OutputPanel({
  run,
  document: { row, kept },
  stream,
}: {
  readonly run: string;
  readonly document: TaskDocument;
  readonly stream: StreamName;
}): JSX.Element {
  const stored = kept[stream];
  if (stored !== undefined && stored.bytes > stored.missing)
    return <KeptOutput run={run} row={row} stream={stream} kept={stored} />;
  const leak = stream === "stdout" ? row.output : row.error;
  return (
    <Panel title={TITLES[stream]}>
      {leak === undefined || leak.bytes === 0 ? (
        <Empty>{nothingWords(row.state, leak !== undefined)}</Empty>
      ) : (
        <>
          <p class="dim">{formatBytes(leak.bytes)} in all, of which the status file keeps the beginning and the end.</p>
          <pre class="output wraps" tabIndex={0} role="region" aria-label={`Text of: ${TITLES[stream]}`}>
            {harmless(withoutStyles(leak.snippet))}
          </pre>
        </>
      )}
    </Panel>
  );
}

function nothingWords(state: string, isKnown: boolean): string {
  if (state === "running") return "What it prints is shown when it has ended.";
  if (state === "waiting" || state === "assigned") return "It has not started yet.";
  return isKnown ? "It has printed nothing here." : "Nothing is known of what it has printed.";
}

function KeptOutput({
  run,
  row,
  stream,
  kept,
}: {
  readonly run: string;
  readonly row: TaskRow;
  readonly stream: StreamName;
  readonly kept: KeptStream;
}): JSX.Element {
  const { part, problem, isLoading, earlier } = useOutput(
    run,
    row.id,
    stream,
    `${kept.bytes} ${kept.attempt} ${kept.isEarlierRun}`,
  );
  const of = attemptWords(kept, row.attempt);
  const [isWrapping, setWrapping] = useState(true);
  const [isRaw, setRaw] = useState(false);
  const text = useMemo(() => (part === undefined ? "" : textOf(part)), [part]);
  const shown = useMemo(() => harmless(isRaw ? text : withoutStyles(text)), [text, isRaw]);
  const box = useRef<HTMLPreElement>(null);
  const fromEnd = useRef(0);
  // The end is what tells most; what is read before it does not move what is seen.
  useLayoutEffect(() => {
    const element = box.current;
    if (element !== null) element.scrollTop = element.scrollHeight - element.clientHeight - fromEnd.current;
  }, [shown, isWrapping]);

  const controls = (
    <>
      <span>{formatBytes(kept.bytes)}</span>
      <label class="check">
        <input type="checkbox" checked={isWrapping} onChange={() => setWrapping(!isWrapping)} /> Wrap
      </label>
      {withoutStyles(text) !== text && (
        <label class="check">
          <input type="checkbox" checked={isRaw} onChange={() => setRaw(!isRaw)} /> Colour codes
        </label>
      )}
      <CopyButton text={text} what={`${TITLES[stream]}, as far as it is shown`} />
      <a href={apiPath(run, "tasks", row.id, "output", stream)} target="_blank" rel="noreferrer">
        Raw
      </a>
    </>
  );
  return (
    <Panel title={TITLES[stream]} aside={controls}>
      {problem !== undefined && <Failed problem={problem} />}
      {part === undefined ? (
        problem === undefined && <Loading what="Reading it" />
      ) : (
        <>
          {of !== undefined && <p class="dim">{of}</p>}
          <p class="output-head dim">
            {part.from > 0 ? (
              <>
                <button type="button" class="small" onClick={earlier} disabled={isLoading}>
                  Show more
                </button>{" "}
                The last {formatBytes(part.bytes.length)} of {formatBytes(part.total)} are shown.
              </>
            ) : kept.missing > 0 ? (
              <>The first {formatBytes(kept.missing)} are not kept.</>
            ) : null}
          </p>
          <pre
            ref={box}
            class={isWrapping ? "output wraps" : "output"}
            tabIndex={0}
            role="region"
            aria-label={`Text of: ${TITLES[stream]}`}
            onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
              fromEnd.current = scrollHeight - clientHeight - scrollTop;
            }}
          >
            {shown}
          </pre>
        </>
      )}
    </Panel>
  );
}
