import { LOOK_AHEAD } from "../../src/core/scheduler/backlog.ts";
import { consult } from "../needs/oracle.ts";
import { replay } from "../needs/replay.ts";
import { drawWork } from "../needs/work.ts";
import type { Row } from "../row.ts";

const SEED = 16;
/** Tasks for which the oracle is asked: it takes its time. */
const COMPARED = 100_000;

export const needs: Row = {
  name: "needs",
  title: "1,000,000 tasks of 1 to 8 cores and 1 to 32 GiB through the scheduler, 64 engines of 64 cores and 256 GiB",
  measure: ({ quick, note }) => {
    const count = quick ? 50_000 : 1_000_000;
    note(`${count} tasks`);
    const { took } = replay(drawWork(count, SEED));
    const compared = drawWork(quick ? count : COMPARED, SEED);
    note("an oracle that starts whatever fits");
    const [ours, greedy] = [replay(compared).busy, consult(compared, LOOK_AHEAD).busy];
    return Promise.resolve({
      figures: [
        { what: "cores busy until the last start", value: 100 * ours, unit: "%" },
        { what: "the same, greedy", value: 100 * greedy, unit: "%" },
      ],
      goals: [
        { what: "tasks through the scheduler", value: count / took, unit: "tasks/s", atLeast: 20_000 },
        { what: "cores busy, ours / greedy", value: ours / greedy, unit: "", atLeast: 0.97 },
      ],
    });
  },
};
