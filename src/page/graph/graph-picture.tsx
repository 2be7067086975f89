import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { plural } from "../../domain/plural.ts";
import { printable } from "../../domain/printable.ts";
import type { GraphBox, GraphDocument } from "../../web/api/answers.ts";
import { useWidth } from "../charts/use-width.ts";
import { ShareBar } from "../parts/bar.tsx";
import { pathTo } from "../state/route.ts";
import { shortCount } from "../words/numbers.ts";
import { stateWords } from "../words/states.ts";
import { BOX_HEIGHT, BOX_WIDTH, fitting, graphLayout } from "./graph-layout.ts";
import { countsText, stateParts } from "./template-counts.ts";

/** Factor of a step of the zoom. */
const STEP = 1.25;

/** Boxes of templates and what they need, from left to right. By keyboard: Tab goes from box to box, + and - zoom, arrows scroll. */
export function GraphPicture({ run, graph }: { readonly run: string; readonly graph: GraphDocument }): JSX.Element {
  const [holder, width] = useWidth<HTMLDivElement>();
  const layout = useMemo(() => graphLayout(graph), [graph]);
  const [chosen, setChosen] = useState<number>();
  const [near, setNear] = useState<string>();
  const zoom = chosen ?? fitting(layout, width);
  const change = (factor: number): void => setChosen(Math.max(0.2, Math.min(2, zoom * factor)));
  const press = ({ key, ctrlKey, metaKey }: KeyboardEvent): void => {
    if (ctrlKey || metaKey) return;
    if (key === "+" || key === "=") change(STEP);
    else if (key === "-") change(1 / STEP);
    else if (key === "0") setChosen(undefined);
  };
  const isNear = ({ from, to }: { readonly from: string; readonly to: string }): boolean =>
    from === near || to === near;
  return (
    <div>
      <div class="graph-bar">
        <div class="choice" role="group" aria-label="Zoom">
          <button type="button" class="small" aria-label="Zoom in" onClick={() => change(STEP)}>
            +
          </button>
          <button type="button" class="small" aria-label="Zoom out" onClick={() => change(1 / STEP)}>
            −
          </button>
          <button type="button" class="small" onClick={() => setChosen(undefined)}>
            Fit
          </button>
        </div>
      </div>
      <div
        class="graph-scroll"
        ref={holder}
        tabIndex={0}
        role="group"
        aria-label={`Graph of ${plural(graph.boxes.length, "template")}: each needs those at its left`}
        onKeyDown={press}
      >
        {width > 0 && (
          <div style={{ width: `${layout.width * zoom}px`, height: `${layout.height * zoom}px` }}>
            <div
              class="graph"
              style={{ width: `${layout.width}px`, height: `${layout.height}px`, transform: `scale(${zoom})` }}
            >
              <svg width={layout.width} height={layout.height} aria-hidden="true">
                {layout.edges.map((edge) => (
                  <path key={`${edge.from} ${edge.to}`} d={edge.path} class={isNear(edge) ? "edge near" : "edge"} />
                ))}
              </svg>
              {graph.boxes.map((box) => {
                const { x, y } = layout.places.get(box.id) ?? { x: 0, y: 0 };
                return <Box key={box.id} run={run} box={box} x={x} y={y} near={setNear} />;
              })}
            </div>
          </div>
        )}
      </div>
    </div>
  );
}

function Box({
  run,
  box,
  x,
  y,
  near,
}: {
  readonly run: string;
  readonly box: GraphBox;
  readonly x: number;
  readonly y: number;
  readonly near: (id: string | undefined) => void;
}): JSX.Element {
  const { id, templates, counts, isGrowing } = box;
  const [only] = templates;
  const isMany = templates.length !== 1 || only === undefined;
  const parts = stateParts(counts);
  const all = parts.reduce((sum, { value }) => sum + value, 0);
  const name = printable(id);
  const words = `${countsText(counts)}${isGrowing ? "; more may come" : ""}`;
  return (
    <a
      class={isMany ? "box many" : "box"}
      href={pathTo(run, "graph", isMany ? { box: id } : { template: only })}
      style={{ left: `${x}px`, top: `${y}px`, width: `${BOX_WIDTH}px`, height: `${BOX_HEIGHT}px` }}
      title={`${name}: ${words}`}
      onMouseEnter={() => near(id)}
      onMouseLeave={() => near(undefined)}
      onFocus={() => near(id)}
      onBlur={() => near(undefined)}
    >
      <span class="box-name">
        <bdi>{name}</bdi>
        <span class="dim" aria-hidden="true">
          {shortCount(all)}
          {isGrowing && "+"}
        </span>
      </span>
      <ShareBar thin parts={parts} whole={all} label={words} />
      <span class="box-counts">
        {isMany && <span class="dim">{plural(templates.length, "template")}</span>}
        {parts.map((part) => (
          <span key={part.name} class={`tone-${part.tone}`} aria-hidden="true">
            <span>{stateWords(part.name).sign}</span> {shortCount(part.value)}
          </span>
        ))}
      </span>
    </a>
  );
}
