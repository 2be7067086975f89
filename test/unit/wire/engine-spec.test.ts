import { expect, test } from "vitest";
import { type EngineSpec, parseEngineSpec } from "../../../src/wire/engine-spec.ts";

const spec: EngineSpec = {
  invitation: {
    addresses: [{ host: "127.0.0.1", port: 4000 }],
    credentials: { authority: "a", certificate: "c", key: "k" },
  },
  ...{ engineId: "id", context: "SSH0", node: "alpha", slots: 2, coresPerSlot: 1, resources: ["GPU"] },
  ...{ cwd: "/work", logPrefix: "/work/run_SSH0_alpha_engine_", logLevel: "INFO", logFormat: "text" },
  ...{ lease: 60, onDriverLost: "kill", drainTimeout: 30 },
};

test("what a launcher tells an engine comes back as it was told", () => {
  expect(parseEngineSpec(JSON.stringify(spec))).toEqual(spec);
});

test("so does what only some launchers tell", () => {
  const more: EngineSpec = { ...spec, slotProcesses: true, sharedSignals: true, threadEnv: true };
  expect(parseEngineSpec(JSON.stringify(more))).toEqual(more);
});

test("anything else is refused", () => {
  const wrong = [
    { ...spec, slots: 0 },
    { ...spec, coresPerSlot: 0.5 },
    { ...spec, cwd: undefined },
    { ...spec, lease: 0 },
    { ...spec, onDriverLost: "wait" },
    { ...spec, drainTimeout: -1 },
    { ...spec, slotProcesses: "yes" },
    { ...spec, sharedSignals: 1 },
    { ...spec, threadEnv: null },
    { ...spec, invitation: { ...spec.invitation, addresses: [{ host: "h", port: "4000" }] } },
    { ...spec, invitation: { ...spec.invitation, credentials: {} } },
    [],
  ];
  for (const value of wrong) expect(() => parseEngineSpec(JSON.stringify(value))).toThrow("Invalid");
  expect(() => parseEngineSpec("")).toThrow(SyntaxError);
});
