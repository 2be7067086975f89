import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { printable } from "../../domain/printable.ts";
import { plural } from "../../domain/plural.ts";
import { AsTable } from "../charts/as-table.tsx";
import { useTheme } from "../charts/theme.ts";
import { useWidth } from "../charts/use-width.ts";
import type { LiveRun } from "../api/live-run.ts";
import { Panel } from "../parts/panel.tsx";
import { Empty, Failed, Loading, Notice } from "../parts/states.tsx";
import { useParams } from "../state/location.ts";
import { formatTime } from "../words/times.ts";
import { busyOf, laneSums } from "./lane-table.ts";
import { shortName } from "./draw-slots.ts";
import { sideFor } from "./lane-layout.ts";
import { lanesFor } from "./lanes-shown.ts";
import { Overview } from "./overview.tsx";
import type { Picture } from "./picture.ts";
import { SlotsBar, SlotsLegend } from "./slots-bar.tsx";
import { slotsColours } from "./slots-colours.ts";
import { SlotsPicture } from "./slots-picture.tsx";
import { SlotsTable } from "./slots-table.tsx";
import { useTimelines } from "./use-timeline.ts";
import { timeText } from "../state/route.ts";
import { isWhole, type Span, spanFrom } from "./viewport.ts";

/** Slots over time: what each did, and when. */
export function SlotsPage({ run }: { readonly run: LiveRun }): JSX.Element {
  const [query, change] = useParams();
  const [holder, width] = useWidth<HTMLDivElement>();
  const theme = useTheme();
  const [isTable, setTable] = useState(false);
  const colours = useMemo(slotsColours, [theme]);
  const { view } = run;
  const all: Span = { from: view.started, to: Math.max(view.ended ?? view.now, view.started + 0.05) };
  const asked = spanFrom(query.get("from"), query.get("to"), all);
  const seen = asked === all ? undefined : asked;
  const slots = view.engines.reduce((sum, engine) => sum + engine.slots, 0);
  const node = query.get("node") ?? undefined;
  const choice = query.get("by");
  const by =
    node !== undefined || choice === "slot" ? "slot" : choice === "node" ? "node" : lanesFor(slots, asked, all);
  const pixels = width === 0 ? 0 : Math.max(200, width - 112);
  const { whole, part, answer } = useTimelines(run, { by, node, seen, all, pixels, palette: colours.palette });

  const shown = part ?? whole;
  // A run that goes on is as long as its picture, which comes every few seconds: until then nothing moves.
  const known = seen === undefined && whole !== undefined ? { from: whole.from, to: whole.to } : all;
  const span = seen ?? known;
  const move = (next: Span, isStep = false): void => {
    const params = isWhole(next, known)
      ? { from: undefined, to: undefined }
      : { from: timeText(next.from), to: timeText(next.to) };
    change(params, { replace: !isStep });
  };
  const letters = shown === undefined ? 0 : longest(shown);
  const side = sideFor(letters, width);
  const isEmpty = shown !== undefined && shown.lanes.length === 0;
  const title = node === undefined ? "Slots over time" : `Slots of ${printable(node)} over time`;

  return (
    <div class="stack">
      {(shown?.reconstructed ?? run.reconstructed) && (
        <Notice tone="warn" sign="◌">
          These slots are reconstructed: no journal tells which slot a task ran on, so that lanes are made up from the
          times of tasks.
        </Notice>
      )}
      <Panel
        title={title}
        aside={
          <>
            <SlotsBar
              by={by}
              node={node}
              span={span}
              whole={known}
              move={(next) => move(next, true)}
              choose={(to) => change({ by: to, node: undefined })}
            />
            {shown !== undefined && !isEmpty && <AsTable isTable={isTable} what={title} change={setTable} />}
          </>
        }
      >
        <div ref={holder} class="slots">
          {answer.problem !== undefined && <Failed problem={answer.problem} again={answer.again} />}
          {shown === undefined && answer.problem === undefined && <Loading what="Painting the slots" />}
          {isEmpty && <Empty>No engine has offered a slot yet.</Empty>}
          {shown !== undefined && !isEmpty && (
            <>
              <SlotsLegend by={by} />
              {shown.truncated && (
                <p class="dim slots-note">
                  {plural(shown.lanes.length, "lane")} of {shown.total ?? "more"} are shown; those of a node alone are
                  behind a press on its lane.
                </p>
              )}
              {isTable ? (
                <SlotsTable run={run} picture={shown} seen={span} />
              ) : (
                <SlotsPicture
                  run={run}
                  label={summary(shown, span)}
                  pictures={[whole, part].filter((each) => each !== undefined)}
                  colours={colours}
                  whole={known}
                  seen={span}
                  width={width}
                  side={side}
                  isLoading={answer.isLoading}
                  move={move}
                  openNode={(name) => change({ node: name, by: undefined })}
                />
              )}
              <Overview run={run} whole={known} seen={span} side={side} move={move} />
            </>
          )}
        </div>
      </Panel>
    </div>
  );
}

/** Letters of the longest name beside the lanes. */
function longest({ lanes, by }: Picture): number {
  const names = lanes.reduce((most, { node }) => Math.max(most, shortName(node).length), 0);
  return by === "node" ? names : names + 3;
}

/** What a picture shows, in a sentence. */
function summary(picture: Picture, seen: Span): string {
  const sums = picture.lanes.map((_, lane) => laneSums(picture.cells, lane, picture, seen));
  const busy = busyOf(sums);
  const failing = sums.filter(({ failed }) => failed > 0).length;
  const now = Date.now() / 1000;
  const what = picture.by === "node" ? "node" : "slot";
  return [
    `${plural(picture.lanes.length, what)} from ${formatTime(seen.from, now)} to ${formatTime(seen.to, now)}`,
    busy === undefined ? "none was there" : `${Math.round(busy * 100)}% busy`,
    failing === 0 ? "nothing failed" : `tasks failed on ${plural(failing, what)}`,
  ].join(", ");
}
