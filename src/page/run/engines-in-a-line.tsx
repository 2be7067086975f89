import type { JSX } from "preact";
import { printable } from "../../domain/printable.ts";
import type { LiveRun } from "../api/live-run.ts";
import { engineState, fleetOf, isThere, stateCounts, troublesOf } from "../engines/fleet.ts";
import { Panel } from "../parts/panel.tsx";
import { StateBadge } from "../parts/state-badge.tsx";
import { Empty } from "../parts/states.tsx";
import { pathTo } from "../state/route.ts";
import { formatCount } from "../words/numbers.ts";

/** Engines that have a cell of their own; more are counted. */
const MOST = 256;
/** Engines that are told of in words. */
const MOST_TOLD = 6;

/** Engines as a line of cells, as full as they are; those to look at in words. */
export function EnginesInALine({ run }: { readonly run: LiveRun }): JSX.Element {
  const { engines } = run.view;
  const fleet = fleetOf(engines);
  const troubled = engines.filter((engine) => troublesOf(engine, fleet).length > 0);
  const there = engines.filter(isThere);
  const counts = stateCounts(engines);
  const link = (state: string): string => pathTo(run.id, "engines", { state });
  return (
    <Panel
      title="Which node is bad?"
      aside={counts.map(([state, count]) => (
        <a key={state} href={link(state)} class="state-count">
          {formatCount(count)} <StateBadge state={state} />
        </a>
      ))}
    >
      {engines.length === 0 && <Empty>No engine has come yet.</Empty>}
      {there.length > 0 && (
        <div class="cells" role="img" aria-label={`${formatCount(there.length)} engines, as full as they are`}>
          {there.slice(0, MOST).map((engine) => (
            <span
              key={engine.rank}
              class={troublesOf(engine, fleet).length > 0 ? "cell troubled" : "cell"}
              title={`${printable(engine.node)}: ${engineState(engine)}, ${engine.running} of ${engine.slots} slots`}
            >
              <span
                style={{ height: `${(Math.min(engine.running, engine.slots) / Math.max(1, engine.slots)) * 100}%` }}
              />
            </span>
          ))}
          {there.length > MOST && <span class="dim">and {formatCount(there.length - MOST)} more</span>}
        </div>
      )}
      {troubled.length > 0 && (
        <ul class="troubles">
          {troubled.slice(0, MOST_TOLD).map((engine) => (
            <li key={engine.rank}>
              <a href={pathTo(run.id, "engines", { q: engine.node })}>{printable(engine.node)}</a>{" "}
              {troublesOf(engine, fleet).join(", ")}
              {engine.reason !== undefined && <span class="dim"> ({printable(engine.reason)})</span>}
            </li>
          ))}
          {troubled.length > MOST_TOLD && (
            <li>
              <a href={pathTo(run.id, "engines")}>and {formatCount(troubled.length - MOST_TOLD)} more</a>
            </li>
          )}
        </ul>
      )}
      {troubled.length === 0 && engines.length > 1 && <p class="dim">All do alike.</p>}
    </Panel>
  );
}
