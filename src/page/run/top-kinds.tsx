import type { JSX } from "preact";
import { plural } from "../../domain/plural.ts";
import { printable } from "../../domain/printable.ts";
import type { LiveRun } from "../api/live-run.ts";
import { ShareBar } from "../parts/bar.tsx";
import { ForeignText } from "../parts/foreign-text.tsx";
import { Panel } from "../parts/panel.tsx";
import { Empty } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { pathTo } from "../state/route.ts";
import { formatEnding } from "../words/endings.ts";
import { formatCount } from "../words/numbers.ts";

/** Kinds that are shown here. */
const MOST = 5;

/** Why most of what failed has failed. */
export function TopKinds({ run, at }: { readonly run: LiveRun; readonly at: number }): JSX.Element {
  const { kinds, tasks } = run.view;
  const top = kinds.toSorted((a, b) => b.count - a.count).slice(0, MOST);
  const all = pathTo(run.id, "failures");
  return (
    <Panel title="What broke?" aside={kinds.length > 0 && <a href={all}>{plural(kinds.length, "kind")}</a>}>
      {top.length === 0 ? (
        <Empty>{tasks.failed === 0 ? "No task has failed." : "Nothing is known of why tasks failed."}</Empty>
      ) : (
        <ul class="top-kinds">
          {top.map((kind) => (
            <li key={kind.id}>
              <a href={pathTo(run.id, "tasks", { kind: kind.id })} class="top-kind">
                <span class="top-kind-count">{formatCount(kind.count)}</span>
                <span class="top-kind-text">
                  <span class="tone-bad">{kind.isOther ? "others" : formatEnding(kind.ending)}</span>{" "}
                  {kind.text === "" ? <span class="dim">wrote nothing</span> : <ForeignText text={kind.text} />}
                </span>
                <span class="top-kind-more">
                  {kind.nodes === 1 ? printable(kind.node) : plural(kind.nodes, "node")}, last{" "}
                  <Time time={kind.last} now={at / 1000} />
                </span>
                <ShareBar
                  thin
                  parts={[{ name: "share", value: kind.count, tone: "bad" }]}
                  whole={Math.max(tasks.failed, kind.count)}
                  label={`${formatCount(kind.count)} of ${formatCount(tasks.failed)} failures`}
                />
              </a>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
