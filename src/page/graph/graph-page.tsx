import type { JSX } from "preact";
import type { GraphDocument } from "../../web/api/answers.ts";
import { apiPath } from "../api/client.ts";
import { type LiveRun, paceOf } from "../api/live-run.ts";
import { useAnswer } from "../api/use-answer.ts";
import { Panel } from "../parts/panel.tsx";
import { Empty, Failed, Loading } from "../parts/states.tsx";
import { useParams } from "../state/location.ts";
import { formatCount } from "../words/numbers.ts";
import { GraphPicture } from "./graph-picture.tsx";
import { InstanceList } from "./instance-list.tsx";
import { TemplateList } from "./template-list.tsx";

/** Seconds between looks at a run that goes on. */
const EVERY = 2;

/** The graph of a workflow by its templates, and the list of all; with `?template=NAME` the instances of one. */
export function GraphPage({ run }: { readonly run: LiveRun }): JSX.Element {
  const [query] = useParams();
  const template = query.get("template") ?? "";
  const pace = paceOf(run, EVERY);
  const path = run.isWorkflow ? apiPath(run.id, "graph") : undefined;
  const { data, problem, again } = useAnswer<GraphDocument>(path, {}, pace);
  if (!run.isWorkflow) return <Empty>The tasks of this run do not depend on each other: it has no graph.</Empty>;
  if (template !== "") {
    const tally = data?.templates.find(({ name }) => name === template);
    return <InstanceList key={template} run={run.id} template={template} tally={tally} pace={pace} />;
  }
  if (data === undefined)
    return problem === undefined ? <Loading what="Drawing the graph" /> : <Failed problem={problem} again={again} />;
  const isCollapsed = data.boxes.some(({ templates }) => templates.length > 1);
  return (
    <div class="stack">
      <Panel
        title="What needs what"
        aside={
          <>
            {isCollapsed && <span>templates are gathered into {data.boxes.length} boxes; the list has them all</span>}
            {data.edgesTruncated && <span>the first {formatCount(data.edges.length)} arrows of more</span>}
          </>
        }
      >
        {data.boxes.length === 0 ? (
          <Empty>No template has come yet.</Empty>
        ) : (
          <GraphPicture run={run.id} graph={data} />
        )}
      </Panel>
      <Panel
        title="Templates"
        aside={data.truncated && <span>the first {formatCount(data.templates.length)} of more</span>}
      >
        <TemplateList run={run.id} templates={data.templates} boxes={data.boxes} />
      </Panel>
    </div>
  );
}
