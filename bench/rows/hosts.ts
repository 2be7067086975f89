import { join } from "node:path";

import type { NodeSlots } from "../../src/domain/engine.ts";
import { SshPlace } from "../../test/support/ssh-place.ts";
import { onEngines } from "../engines.ts";
import { writeLines } from "../files.ts";
import type { Row } from "../row.ts";
import { figure, ratios } from "../statistics.ts";

const MANY = 20;
const FEW = 4;

/** Nodes of this name and number, on this machine or behind its SSH server. */
function nodesOf(count: number, slots: number, overSsh: boolean): NodeSlots[] {
  return Array.from({ length: count }, (_, i) => {
    const node = `bench${i}`;
    return { node, slots, coresPerSlot: 1, ...(overSsh ? { destination: node } : {}) };
  });
}

export const hosts: Row = {
  name: "hosts",
  title: `engines over SSH: ${MANY} hosts with 2 slots each join; 2,000 x true on ${FEW} hosts and on ${FEW} local engines`,
  measure: async ({ quick, folder, note }) => {
    const count = quick ? 200 : 2000;
    const tasks = join(folder, "Tasks");
    const few = join(folder, "Few");
    writeLines(tasks, count, () => "true");
    // Long enough for every host to get a share.
    writeLines(few, 2 * MANY, () => "sleep 4");
    const place = await SshPlace.open();
    try {
      const server = await place.startHost("bench0");
      for (let i = 1; i < MANY; i++) place.nameHost(`bench${i}`, server);
      const { env } = place;
      const joined: number[] = [];
      const all = { ssh: [] as number[], local: [] as number[] };
      const working = { ssh: [] as number[], local: [] as number[] };
      for (let repetition = 0; repetition < (quick ? 1 : 5); repetition++) {
        note(`${MANY} hosts`);
        const prefix = join(folder, `many${repetition}`);
        const many = await onEngines({ tasks: few, count: 2 * MANY, prefix, nodes: nodesOf(MANY, 2, true), env });
        if (many.engines < MANY) throw new Error(`${many.engines} of ${MANY} hosts have joined`);
        joined.push(many.joined);
        for (const kind of ["ssh", "local"] as const) {
          note(`${FEW} engines: ${kind}`);
          const nodes = nodesOf(FEW, 1, kind === "ssh");
          const times = await onEngines({ tasks, count, prefix: join(folder, `${kind}${repetition}`), nodes, env });
          all[kind].push(times.all);
          working[kind].push(times.working);
        }
      }
      return {
        figures: [
          figure(`${FEW} local engines, whole run`, "s", all.local),
          figure(`${FEW} hosts, whole run`, "s", all.ssh),
          figure("rate from first to last result, SSH / local", "", ratios(working.local, working.ssh)),
        ],
        goals: [
          { ...figure(`${MANY} hosts have joined`, "s", joined), atMost: 3 },
          { ...figure("rate, start and farewell included, SSH / local", "", ratios(all.local, all.ssh)), atLeast: 0.9 },
        ],
      };
    } finally {
      await place.close();
    }
  },
};
