import { expect, test } from "vitest";
import { type Contact, formatContact, parseContact } from "../../../src/wire/contact.ts";
import {
  type ControllerMessage,
  type DriverAnswer,
  parseControllerMessage,
  parseDriverAnswer,
} from "../../../src/wire/control-messages.ts";

const invitation = {
  addresses: [{ host: "127.0.0.1", port: 4000 }],
  credentials: { authority: "a", certificate: "c", key: "k" },
};

const CONTROLLER_MESSAGES: readonly ControllerMessage[] = [
  { type: "hello", protocol: 1 },
  { type: "status" },
  { type: "stop-engine", rank: 0 },
  { type: "stop-engine", rank: 0, within: 0.5 },
  { type: "stop-context", label: "SSH1" },
  { type: "stop-context", label: "SSH1", within: 60 },
  { type: "stop-run" },
  { type: "add-context", nodes: [{ node: "n", slots: 2, coresPerSlot: 1 }], taskLimit: 0, elsewhere: false },
  { type: "add-context", label: "L", nodes: [{ node: "n", slots: 2, coresPerSlot: 1 }], taskLimit: 7, elsewhere: true },
  { type: "keep-context", label: "L", engines: ["i", "j"], elsewhere: true },
  { type: "engine-ended", id: "i", certain: false },
  { type: "engine-ended", id: "i", reason: "no bash", certain: true },
  { type: "engine-killed", id: "i", certain: true },
];

const ANSWERS: readonly DriverAnswer[] = [
  {
    ...{ type: "welcome", cwd: "/w", prefix: "/w/run", logLevel: "INFO", resources: ["GPU"], cpusPerTask: 0.5 },
    ...{ lease: 60, onDriverLost: "kill", drainTimeout: 5 },
  },
  {
    type: "status",
    snapshot: {
      ...{ jobId: "run", taskFile: "Tasks", host: "h", pid: 1, started: 1.5, now: 2.5, phase: "running" },
      tasks: { total: 3, succeeded: 1, failed: 0, skipped: 0, running: 2 },
      contexts: [{ label: "SSH0", nodes: ["n"], tasksLeft: 5, stopped: false }],
      engines: [
        {
          ...{ rank: 0, node: "n", pid: 9, context: "SSH0", slots: 2, state: "ready" },
          ...{ running: 2, finished: 1, failed: 0 },
        },
      ],
    },
  },
  { type: "done", message: "done" },
  { type: "refused", code: "no-such-engine", message: "no" },
  { type: "context-added", label: "SSH1", here: invitation },
  { type: "context-added", label: "SSH1", here: invitation, elsewhere: { ...invitation, noForwarding: true } },
  { type: "start-engine", id: "i", node: 0 },
  { type: "engine-joined", id: "i", rank: 3, slots: 2 },
  { type: "end-engine", id: "i" },
  { type: "engine-over", id: "i" },
  { type: "run-ended" },
];

test("what a controller and the driver say to each other comes back as it was said", () => {
  for (const message of CONTROLLER_MESSAGES) {
    expect(parseControllerMessage(JSON.stringify(message))).toEqual(message);
  }
  // One word is common to both: it asks for the status, and it is the answer.
  for (const answer of ANSWERS.filter(({ type }) => type !== "status"))
    expect(parseDriverAnswer(JSON.stringify(answer))).toEqual(answer);
});

test("neither takes the other's words, nor anything that is not quite right", () => {
  // One word is common to both: it asks for the status, and it is the answer.
  for (const answer of ANSWERS.filter(({ type }) => type !== "status"))
    expect(() => parseControllerMessage(JSON.stringify(answer))).toThrow("not a valid");
  const wrong = [
    { type: "stop-engine", rank: -1 },
    { type: "stop-engine", rank: "0" },
    { type: "stop-engine", rank: 0, within: -1 },
    { type: "stop-context" },
    { type: "add-context", nodes: [], taskLimit: 0, elsewhere: false },
    { type: "add-context", nodes: [{ node: "n", slots: 0, coresPerSlot: 1 }], taskLimit: 0, elsewhere: false },
    { type: "engine-ended", id: "x".repeat(2000) },
    { type: "run", command: "rm" },
    [],
  ];
  for (const value of wrong) expect(() => parseControllerMessage(JSON.stringify(value))).toThrow("not a valid");
});

test("a contact is read as it was written, and no other version of it is", () => {
  const contact: Contact = { host: "h", here: invitation, elsewhere: { ...invitation, noForwarding: true } };
  expect(parseContact(formatContact(contact))).toEqual(contact);
  expect(parseContact(formatContact({ host: "h", here: invitation }))).toEqual({ host: "h", here: invitation });
  expect(() => parseContact(formatContact(contact).replace('"version":1', '"version":2'))).toThrow("Invalid");
});
