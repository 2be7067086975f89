import type { ComponentChildren, JSX } from "preact";
import { plural } from "../../domain/plural.ts";
import { isStale, type LiveRun, runNow } from "../api/live-run.ts";
import { fleetOf, isThere, troublesOf } from "../engines/fleet.ts";
import { Spark } from "../parts/spark.tsx";
import { pathTo } from "../state/route.ts";
import { formatCount, formatRate, formatShare } from "../words/numbers.ts";
import { busySoFar, outlookOf } from "../words/outlook.ts";
import { clockLeft, endsAt, tailWords } from "../words/run-words.ts";
import { formatMinute, formatSpan } from "../words/times.ts";
import { formatClock } from "../../domain/clock-text.ts";

/** The answers to the first questions, each a number that can be read from afar. */
export function Tiles({ run, at }: { readonly run: LiveRun; readonly at: number }): JSX.Element {
  const { view, id } = run;
  const { durations, slots, tasks, kinds, engines } = view;
  const outlook = outlookOf(view);
  const hasEnded = view.phase === "ended";
  const soFar = busySoFar(view);
  const there = engines.filter(isThere).length;
  const fleet = fleetOf(engines);
  const troubled = engines.filter((engine) => troublesOf(engine, fleet).length > 0).length;
  const span = Math.max(1, (view.ended ?? view.now) - view.started);
  const average = (tasks.succeeded + tasks.failed) / span;
  const noneFailed = hasEnded ? "none" : "none so far";
  return (
    <div class="tiles">
      <EndTile run={run} at={at} />
      <Tile
        name={hasEnded ? "Rate" : isStale(run) ? "Rate, when last heard of" : "Rate now"}
        value={formatRate(hasEnded ? average : (outlook.rate ?? 0))}
        more={hasEnded ? "on average" : `${formatRate(average)} on average`}
      >
        {!hasEnded && <Spark values={outlook.rates} />}
      </Tile>
      <Tile
        name={hasEnded ? "Slots were busy" : "Slots busy"}
        value={hasEnded ? shareText(soFar) : `${formatCount(tasks.running)} of ${formatCount(slots.total)}`}
        more={hasEnded ? "of their time, in tasks that ended" : `${shareText(outlook.busy)} of the time, of late`}
        href={pathTo(id, "slots")}
      >
        {!hasEnded && <Spark values={outlook.shares} most={1} tone="good" />}
      </Tile>
      <Tile
        name="Task time"
        value={durations.count === 0 ? "-" : formatSpan(durations.p50)}
        more={
          durations.count === 0
            ? "none has ended"
            : `median; 95% within ${formatSpan(durations.p95)}, longest ${formatSpan(durations.longest)}`
        }
        href={pathTo(id, "tasks", { sort: "duration" })}
      />
      <Tile
        name="Failed"
        value={formatCount(tasks.failed)}
        tone={tasks.failed > 0 ? "bad" : undefined}
        more={
          tasks.failed === 0
            ? noneFailed
            : `${formatShare(tasks.failed, tasks.succeeded + tasks.failed)}, in ${plural(kinds.length, "kind")}`
        }
        href={pathTo(id, "failures")}
      >
        {!hasEnded && tasks.failed > 0 && <Spark values={outlook.failing} tone="bad" />}
      </Tile>
      <Tile
        name="Engines"
        value={formatCount(hasEnded ? engines.length : there)}
        tone={troubled > 0 ? "warn" : undefined}
        more={troubled > 0 ? `${formatCount(troubled)} to look at` : "all alike"}
        href={pathTo(id, "engines")}
      />
    </div>
  );
}

function EndTile({ run, at }: { readonly run: LiveRun; readonly at: number }): JSX.Element {
  const { view, link } = run;
  if (link.state === "reading")
    return (
      <Tile name="Read so far" value={formatShare(link.share, 1)} more="of the records of this run, which has ended" />
    );
  const now = runNow(run, at);
  const { estimate } = view;
  const took = formatClock((view.ended ?? now) - view.started);
  if (view.ended !== undefined)
    return <Tile name="Took" value={took} more={`until ${formatMinute(view.ended, at / 1000)}`} />;
  if (estimate === undefined || isStale(run)) {
    return <Tile name="Left" value="-" more={isStale(run) ? "nothing is heard of it" : "nobody can tell yet"} />;
  }
  const tail = tailWords(estimate);
  return (
    <Tile
      name="Left"
      value={clockLeft(estimate, now)}
      more={`until ${endsAt(estimate, now)}${tail === "" ? "" : `; ${tail}`}`}
    />
  );
}

function shareText(share: number | undefined): string {
  return share === undefined ? "-" : formatShare(share, 1);
}

function Tile({
  name,
  value,
  more,
  href,
  tone,
  children,
}: {
  readonly name: string;
  readonly value: string | undefined;
  readonly more: string;
  readonly href?: string | undefined;
  readonly tone?: "bad" | "warn" | undefined;
  readonly children?: ComponentChildren;
}): JSX.Element {
  const inner = (
    <>
      <span class="tile-name">{name}</span>
      <span class={tone === undefined ? "tile-value" : `tile-value tone-${tone}`}>{value}</span>
      <span class="tile-more">{more}</span>
      {children}
    </>
  );
  return href === undefined ? (
    <div class="tile">{inner}</div>
  ) : (
    <a class="tile" href={href}>
      {inner}
    </a>
  );
}
