import { describe, expect, test } from "vitest";
import { createRunCredentials } from "../../../../src/wire/credentials.ts";
import { signal } from "../../../../src/node/process/process-table.ts";
import { slotLinkName } from "../../../../src/wire/slot-link.ts";
import { until } from "../../../support/until.ts";
import { bundle, RUNTIMES } from "../../../unit/node/process/runtimes.ts";
import { type Meddler, startMeddler } from "./meddler.ts";
import type { Meddling } from "./meddling.ts";
import { credentials, SrunStep } from "./srun-step.ts";

const step = bundle(new URL("step-probe.ts", import.meta.url));
const stranger = bundle(new URL("stranger-probe.ts", import.meta.url));
const otherRun = createRunCredentials();

const DEVICES = ["4", "5"].map((device) => ({ env: { CUDA_VISIBLE_DEVICES: device } }));
const ENDED_WELL = DEVICES.map(() => [0, null]);

describe.each(RUNTIMES)("on %s", (_name, runtime) => {
  const open = (): Promise<SrunStep> => SrunStep.open([runtime, step], 2);
  const meddle = ({ spec }: SrunStep, what: Omit<Meddling, "path">): Meddler => {
    const path = slotLinkName({ engineId: spec.engineId, credentials: spec.invitation.credentials });
    return startMeddler([runtime, stranger], { ...what, path });
  };

  test("nobody but an engine's process of the run can pass for a slot", async () => {
    const here = await open();
    here.startProcess(0, DEVICES[0]);
    const { controller, driver } = await credentials;
    await listening(() => meddle(here, { how: "say nothing" }));
    for (const shown of [(await otherRun).engine, controller, driver, {}]) {
      const caller = meddle(here, { how: "call", ...shown });
      await caller.says("closed");
      expect(caller.lines).not.toContain("told something");
    }
    expect(here.heard).toEqual([]);
    here.startProcess(1, DEVICES[1]);
    await here.welcome();
    here.say({ type: "dismiss" });
    expect(await here.allEnded()).toEqual(ENDED_WELL);
  });

  test("an engine that is told to leave does not wait for its slots", async () => {
    const here = await open();
    here.startProcess(0, DEVICES[0]);
    await listening(() => meddle(here, { how: "say nothing" }));
    signal(here.process(0).pid, "SIGTERM");
    expect(await here.process(0).ended).toEqual([0, null]);
    expect(here.heard.map(({ type }) => type)).toEqual(["hello", "goodbye"]);
  });

  test("when all slots are there nobody else can call", async () => {
    const here = await open();
    for (const [slot, share] of DEVICES.entries()) here.startProcess(slot, share);
    await here.welcome();
    const caller = meddle(here, { how: "call", ...(await credentials).engine });
    await caller.says("closed");
    expect(caller.lines).toEqual(["closed"]);
    here.say({ type: "dismiss" });
    expect(await here.allEnded()).toEqual(ENDED_WELL);
  });

  test("who only pretends to be the engine hears nothing of a slot process, which waits for the real one", async () => {
    const here = await open();
    const { engine, driver, controller } = await credentials;
    for (const liar of [(await otherRun).engine, driver, controller]) {
      const listener = meddle(here, { how: "listen", ...liar, authority: engine.authority });
      await listener.says("listening");
      if (here.livingSlots().length === 0) here.startProcess(1, DEVICES[1]);
      await listener.says("called", 2);
      await listener.leave();
      expect(listener.lines).not.toContain("told something");
    }
    here.startProcess(0, DEVICES[0]);
    await here.welcome();
    here.say({ type: "dismiss" });
    expect(await here.allEnded()).toEqual(ENDED_WELL);
  });
});

test("where an engine listens cannot be told from its id", async () => {
  const [one, other] = [(await credentials).engine, (await otherRun).engine];
  const name = slotLinkName({ engineId: "id", credentials: one });
  expect(name).toMatch(/^\0disbatch-[0-9a-f]{64}$/);
  expect(slotLinkName({ engineId: "id", credentials: other })).not.toBe(name);
  expect(slotLinkName({ engineId: "di", credentials: one })).not.toBe(name);
});

/** Resolves when somebody has got through, who stays. */
async function listening(call: () => Meddler): Promise<void> {
  let caller = call();
  await until(
    () => {
      if (caller.lines.includes("closed")) caller = call();
      return caller.lines.includes("connected");
    },
    () => "an engine that listens",
  );
}
