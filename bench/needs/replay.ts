import type { SchedulerCommand } from "../../src/core/scheduler/commands.ts";
import { Scheduler } from "../../src/core/scheduler/scheduler.ts";
import { Ends } from "./ends.ts";
import { busyUntilLast, CORES, ENGINES, MEMORY, type Replayed, termsOf, type Work } from "./work.ts";

const GIB = 2 ** 30;
const CAPACITY = { cores: CORES, coresPerSlot: 1, memory: MEMORY * GIB, gpus: 0, named: {}, mostTasks: 4 * CORES };

/** Gives the tasks to the scheduler of a run, whose engines take exactly as long as is said. */
export function replay(work: Work): Replayed {
  const from = performance.now();
  const scheduler = new Scheduler({});
  const ends = new Ends();
  const rankOf = new Uint16Array(work.count);
  const starts = new Float64Array(work.count);
  let [pulled, started, now, isOver] = [0, 0, 0, false];
  const obey = (commands: readonly SchedulerCommand[]): void => {
    for (const command of commands) {
      if (command.type === "pull") {
        const items = Array.from({ length: Math.min(command.limit, work.count - pulled) }, () => {
          const id = pulled++;
          const terms = termsOf(work, id);
          return { kind: "task", id, line: id + 1, repeatIndex: -1, command: "", terms } as const;
        });
        obey(scheduler.pulled(items));
      } else if (command.type === "need-engines") {
        obey(scheduler.enginesStarted(ENGINES));
        for (let rank = 0; rank < ENGINES; rank++) obey(scheduler.engineJoined(rank, CORES, { capacity: CAPACITY }));
      } else if (command.type === "admit") obey(scheduler.engineReady(command.engine));
      else if (command.type === "assign") {
        for (const { task } of command.assignments) {
          started++;
          rankOf[task.id] = command.engine;
          starts[task.id] = now;
          ends.push(now + (work.seconds[task.id] ?? 0), task.id);
        }
      } else if (command.type === "end") isOver = true;
      else if (command.type === "dismiss") obey(scheduler.engineGone(command.engine, "left"));
    }
  };
  obey(scheduler.start());
  while (ends.size > 0) {
    const { time, id } = ends.pop();
    now = time;
    const outcome = { taskId: id, failed: false, elapsed: work.seconds[id] ?? 0 };
    obey(scheduler.settled(rankOf[id] ?? 0, [outcome]));
  }
  if (!isOver || started !== work.count) throw new Error(`${started} of ${work.count} tasks were started`);
  return { busy: busyUntilLast(work, starts), took: (performance.now() - from) / 1000 };
}
