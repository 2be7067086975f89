import type { JSX } from "preact";
import type { FailureKind } from "../../domain/watch.ts";
import type { SeriesDocument, TaskDocument } from "../../web/api/answers.ts";
import { apiPath } from "../api/client.ts";
import { useAnswer } from "../api/use-answer.ts";
import type { LiveRun } from "../api/live-run.ts";
import { ShareBar } from "../parts/bar.tsx";
import { ForeignText } from "../parts/foreign-text.tsx";
import { Time } from "../parts/time.tsx";
import { pathTo, pathToTask } from "../state/route.ts";
import { formatEnding } from "../words/endings.ts";
import { formatCount, formatShare } from "../words/numbers.ts";
import { harmless } from "../../domain/printable.ts";
import { nodesWords, valuesOf } from "./kind-words.ts";
import { SparkBars } from "./spark.tsx";

/** A kind of failure: how often, what, when, where, and a task that failed so. */
export function KindCard({
  run,
  kind,
  whole,
  series,
  hasExample,
}: {
  readonly run: LiveRun;
  readonly kind: FailureKind;
  /** Failures of all kinds. */
  readonly whole: number;
  readonly series: SeriesDocument | undefined;
  /** Whether what the example has written is shown. */
  readonly hasExample: boolean;
}): JSX.Element {
  const { id, ending, text, count, first, last, node, example, isOther } = kind;
  const { now } = run.view;
  const values = valuesOf(series, id);
  const share = formatShare(count, whole);
  return (
    <article class="panel failure-kind" aria-label={isOther ? "Other kinds" : `Kind ${id}`}>
      <div class="failure-count">
        <a href={pathTo(run.id, "tasks", { kind: id })} aria-label={`${formatCount(count)} tasks of this kind`}>
          {formatCount(count)}
        </a>
        <span class="dim">{share}</span>
        <ShareBar
          thin
          parts={[{ name: "share", value: count, tone: "bad" }]}
          whole={whole}
          label={`${share} of failures`}
        />
      </div>
      <div class="failure-what">
        <h2>{isOther ? "All other kinds" : <span class="tone-bad">{formatEnding(ending)}</span>}</h2>
        {isOther ? (
          <p class="dim">More kinds than are told apart.</p>
        ) : text === "" ? (
          <p class="dim">Nothing was written to the error output.</p>
        ) : (
          <p class="failure-text">
            <ForeignText text={text} class="mono" />
          </p>
        )}
        <p class="failure-facts">
          <span>
            <span class="dim">on</span>{" "}
            <a href={pathTo(run.id, "tasks", { kind: id, node })}>
              <ForeignText text={node} />
            </a>{" "}
            {nodesWords(kind)}
          </span>
          <span>
            {count === 1 ? (
              <>
                <span class="dim">at</span> <Time time={first} now={now} />
              </>
            ) : (
              <>
                <span class="dim">from</span> <Time time={first} now={now} /> <span class="dim">to</span>{" "}
                <Time time={last} now={now} />
              </>
            )}
          </span>
          <span>
            <span class="dim">for example</span> <a href={pathToTask(run.id, example)}>task {example}</a>
          </span>
        </p>
        {hasExample && <Snippet run={run.id} task={example} />}
      </div>
      {values !== undefined && values.some((value) => value > 0) && (
        <SparkBars values={values} label={`Failures of this kind over time; most in a step: ${Math.max(...values)}`} />
      )}
    </article>
  );
}

/** What a task has written last to its error output, as far as the status file keeps it. */
function Snippet({ run, task }: { readonly run: string; readonly task: number }): JSX.Element | null {
  const { data } = useAnswer<TaskDocument>(apiPath(run, "tasks", task));
  const snippet = data?.row.error?.snippet ?? "";
  if (snippet.trim() === "") return null;
  return (
    <pre class="snippet" tabIndex={0} role="region" aria-label={`Error output of task ${task}`}>
      {harmless(snippet.trimEnd())}
    </pre>
  );
}
