import { expect, test } from "vitest";
import { engineLogPrefix, type EngineSpec, parseEngineSpec } from "../../../src/wire/engine-spec.ts";
import { engineTerms } from "../../support/engine-terms.ts";

const spec: EngineSpec = {
  invitation: {
    addresses: [{ host: "127.0.0.1", port: 4000 }],
    credentials: { authority: "a", certificate: "c", key: "k" },
  },
  ...{ engineId: "id", context: "SSH0", node: "alpha", slots: 2, coresPerSlot: 1 },
  terms: engineTerms({ resources: ["GPU"], cwd: "/work", prefix: "/work/run", drainTimeout: 30 }),
};

test("what a launcher tells an engine comes back as it was told", () => {
  expect(parseEngineSpec(JSON.stringify(spec))).toEqual(spec);
});

test("so does what only some launchers tell", () => {
  const more: EngineSpec = { ...spec, slotProcesses: true, sharedSignals: true };
  expect(parseEngineSpec(JSON.stringify(more))).toEqual(more);
});

test("anything else is refused", () => {
  const wrong = [
    { ...spec, slots: 0 },
    { ...spec, coresPerSlot: 0.5 },
    { ...spec, terms: { ...spec.terms, cwd: undefined } },
    { ...spec, terms: { ...spec.terms, lease: 0 } },
    { ...spec, terms: { ...spec.terms, onDriverLost: "wait" } },
    { ...spec, terms: { ...spec.terms, drainTimeout: -1 } },
    { ...spec, slotProcesses: "yes" },
    { ...spec, sharedSignals: 1 },
    { ...spec, terms: { ...spec.terms, threadEnv: null } },
    { ...spec, terms: undefined },
    { ...spec, invitation: { ...spec.invitation, addresses: [{ host: "h", port: "4000" }] } },
    { ...spec, invitation: { ...spec.invitation, credentials: {} } },
    [],
  ];
  for (const value of wrong) expect(() => parseEngineSpec(JSON.stringify(value))).toThrow("Invalid");
  expect(() => parseEngineSpec("")).toThrow(SyntaxError);
});

test("the log of an engine stands among the files of its run, by the names of its context and node", () => {
  expect(engineLogPrefix(spec)).toBe("/work/run_SSH0_alpha_engine_");
});
