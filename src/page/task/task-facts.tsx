import type { JSX } from "preact";
import type { TaskRow } from "../../domain/watch.ts";
import { ForeignText } from "../parts/foreign-text.tsx";
import { Fact } from "../parts/panel.tsx";
import { Time } from "../parts/time.tsx";
import { pathTo } from "../state/route.ts";
import { formatBytes, formatCount, formatShare } from "../words/numbers.ts";
import { formatSpan } from "../words/times.ts";

/** Where and when a task ran, and what it used. What is not known is left out. */
export function TaskFacts({
  run,
  row,
  now,
}: {
  readonly run: string;
  readonly row: TaskRow;
  /** What time it is for the run. */
  readonly now: number;
}): JSX.Element {
  const { state, node, engine, slot, start, finish, due, line, repeatIndex, attempt, terms, usage } = row;
  const span = start === undefined ? undefined : (finish ?? (state === "running" ? now : undefined));
  const took = span === undefined || start === undefined ? undefined : Math.max(0, span - start);
  return (
    <dl class="facts">
      {node !== undefined && (
        <Fact name="Node">
          <a href={pathTo(run, "tasks", { node })}>
            <ForeignText text={node} />
          </a>
        </Fact>
      )}
      {engine !== undefined && (
        <Fact name="Engine">
          <a href={pathTo(run, "tasks", { engine })}>{engine}</a>
        </Fact>
      )}
      {slot !== undefined && slot >= 0 && <Fact name="Slot">{slot}</Fact>}
      {start !== undefined && (
        <Fact name="Start">
          <Time time={start} now={now} />
        </Fact>
      )}
      {finish !== undefined && (
        <Fact name="End">
          <Time time={finish} now={now} />
        </Fact>
      )}
      {took !== undefined && <Fact name={finish === undefined ? "Has run for" : "Duration"}>{formatSpan(took)}</Fact>}
      {due !== undefined && (
        <Fact name="Next try">
          <Time time={due} now={now} />
        </Fact>
      )}
      {terms !== undefined && (
        <Fact name="Terms">
          <ForeignText text={terms} class="mono" />
        </Fact>
      )}
      {usage !== undefined && (
        <Fact name="Processor time" title="Of all of its processes; its share of the duration">
          {formatSpan(usage.cpu)}
          {took !== undefined && took > 0 && <span class="dim"> ({formatShare(usage.cpu, took)})</span>}
        </Fact>
      )}
      {usage?.peak !== undefined && <Fact name="Most memory held">{formatBytes(usage.peak)}</Fact>}
      {attempt > 0 && <Fact name="Tries">{attempt}</Fact>}
      {line !== undefined && <Fact name="Line of the task file">{formatCount(line)}</Fact>}
      {repeatIndex !== undefined && repeatIndex >= 0 && <Fact name="Repeat">{repeatIndex}</Fact>}
    </dl>
  );
}
