import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ContextRequest, makeContext } from "../../../src/places/contexts.ts";
import { userErrorOf } from "../../support/user-error.ts";

const machine = { hostName: "alpha.cluster.org", cores: 8 };

/** The nodes of a context that is asked for so. */
function nodesOf(request: Partial<ContextRequest>) {
  return makeContext({ nodeLists: [], listedIn: "-s", hostfiles: [], contextTaskLimit: 0, ...request }, machine).nodes;
}

const node = (slots: number, coresPerSlot: number) => ({ node: machine.hostName, slots, coresPerSlot });

describe("without a list of hosts", () => {
  test("all cores of this machine are used, one for each task", () => {
    expect(nodesOf({})).toEqual([node(8, 1)]);
  });

  test("-c and -t say how they are divided", () => {
    expect(nodesOf({ cpusPerTask: 3 })).toEqual([node(2, 4)]);
    expect(nodesOf({ tasksPerNode: 5 })).toEqual([node(5, 1)]);
    expect(nodesOf({ tasksPerNode: 0 })).toEqual(nodesOf({}));
  });
});

describe("a list of hosts", () => {
  test.each(["localhost:4", "alpha:4", "alpha.cluster.org:4"])("may name this machine: %s", (list) => {
    expect(nodesOf({ nodeLists: [list] })).toEqual([node(4, 1)]);
  });

  test("knows this machine by its full name, too, where the system has the short one only", () => {
    const request = { nodeLists: ["alpha.cluster.org:4"], listedIn: "-s", hostfiles: [], contextTaskLimit: 0 };
    expect(makeContext(request, { hostName: "alpha", cores: 8 }).nodes).toEqual([
      { node: "alpha", slots: 4, coresPerSlot: 1 },
    ]);
  });

  test.each([
    ["beta:4", "beta", "beta"],
    ["alphabet:4", "alphabet", "alphabet"],
    ["alpha.other.org:4", "alpha.other.org", "alpha.other.org"],
    ["127.0.0.1:4", "127.0.0.1", "127.0.0.1"],
    ["jo@beta:4", "beta", "jo@beta"],
    ["jo@localhost:4", "localhost", "jo@localhost"],
    ["[2001:db8::7]:4", "2001:db8::7", "2001:db8::7"],
    ["jo@[fe80::1%eth0]:4", "fe80::1%eth0", "jo@fe80::1%eth0"],
  ])("may name others, which SSH reaches: %s", (list, name, destination) => {
    expect(nodesOf({ nodeLists: [list] })).toEqual([{ node: name, destination, slots: 4, coresPerSlot: 1 }]);
  });

  test("keeps hosts in order, and apart for each user", () => {
    const nodes = nodesOf({ nodeLists: ["n[2-3]:1,alpha:1", "jo@n2:1,n2:1"] });
    expect(nodes.map(({ node: name, destination, slots }) => [name, destination, slots])).toEqual([
      ["n2", "n2", 2],
      ["n3", "n3", 1],
      ["alpha.cluster.org", undefined, 1],
      ["n2", "jo@n2", 1],
    ]);
  });

  test("goes together with files of hosts", () => {
    const hostfiles = [{ name: "hosts", bytes: Buffer.from("beta\nbeta\nlocalhost slots=3\n") }];
    expect(nodesOf({ nodeLists: ["beta:2"], hostfiles })).toEqual([
      { node: "beta", destination: "beta", slots: 4, coresPerSlot: 1 },
      node(3, 1),
    ]);
    expect(nodesOf({ hostfiles })).toHaveLength(2);
  });

  test.each([
    ["in one list", ["localhost:2,alpha:3"]],
    ["in several", ["localhost:2", "alpha:3"]],
    ["with blanks and empty places", [" localhost:2 , ,alpha:3,"]],
  ])("adds up what it says of a host %s", (_where, nodeLists) => {
    expect(nodesOf({ nodeLists })).toEqual([node(5, 1)]);
  });

  test("may name more cores than there are", () => {
    expect(nodesOf({ nodeLists: ["localhost:100"] })).toEqual([node(100, 1)]);
  });
});

describe("slots and the cores of each", () => {
  test.each([
    [4, 1, undefined, 4, 1],
    [4, 2, undefined, 2, 2],
    [5, 2, undefined, 2, 2],
    [4, 0.5, undefined, 8, 1],
    [1, 0.1, undefined, 10, 1],
    [3, 1.5, undefined, 2, 1],
    [7, 1.5, undefined, 4, 1],
    [4, 1, 2, 2, 2],
    [4, 2, 4, 4, 1],
    [4, 0.5, 1, 1, 4],
    [2, 1, 5, 5, 1],
  ])("of %i cores with -c %d and -t %s are %i with %i", (cores, cpusPerTask, tasksPerNode, slots, coresPerSlot) => {
    const request = { nodeLists: [`localhost:${cores}`], cpusPerTask };
    expect(nodesOf(tasksPerNode === undefined ? request : { ...request, tasksPerNode })).toEqual([
      node(slots, coresPerSlot),
    ]);
  });

  test("are never more than the cores suffice for, and never none", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 1000 }), (cores, tenths) => {
        const cpusPerTask = Math.min(cores, tenths / 10);
        const [{ slots, coresPerSlot } = node(0, 0)] = nodesOf({ nodeLists: [`localhost:${cores}`], cpusPerTask });
        expect(slots).toBeGreaterThanOrEqual(1);
        expect(slots * cpusPerTask).toBeLessThanOrEqual(cores + 1e-9);
        expect(coresPerSlot).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});

test("the label and the limit of tasks are the user's, or none", () => {
  const request = { nodeLists: [], listedIn: "-s", hostfiles: [], contextTaskLimit: 0 };
  expect(makeContext(request, machine)).toEqual({ nodes: [node(8, 1)], taskLimit: 0 });
  expect(makeContext({ ...request, label: "left", contextTaskLimit: 7 }, machine)).toMatchObject({
    label: "left",
    taskLimit: 7,
  });
});

describe("a mistake is refused with a code, naming option and value", () => {
  test.each([
    "localhost",
    "localhost:",
    "localhost:0",
    "localhost:-1",
    "localhost:2.5",
    "localhost:x",
    "localhost: 2",
    ":5",
    "5",
    "localhost:1e2",
  ])("a list that is malformed: %j", (entry) => {
    for (const listedIn of ["-s", "DISBATCH_SSH_NODELIST"]) {
      const error = userErrorOf(() => nodesOf({ nodeLists: [`alpha:1,${entry}`], listedIn }));
      expect(error).toMatchObject({ code: "bad-node-list", exitCode: 2 });
      expect(error.message).toContain(`${listedIn} ${entry}`);
      expect(error.message).toContain("HOST:COUNT");
    }
  });

  test.each(["", ",", " , "])("a list that names no host: %j", (list) => {
    const error = userErrorOf(() => nodesOf({ nodeLists: [list] }));
    expect(error).toMatchObject({ code: "bad-node-list", exitCode: 2, message: expect.stringContaining("-s") });
  });

  test("a task that needs more cores than its host has", () => {
    const error = userErrorOf(() => nodesOf({ nodeLists: ["localhost:2"], cpusPerTask: 2.5 }));
    expect(error).toMatchObject({ code: "too-many-cores", exitCode: 2, message: expect.stringContaining("-c 2.5") });
  });

  test("hosts beyond reason", () => {
    expect(userErrorOf(() => nodesOf({ nodeLists: ["n[0-100000]:1"] }))).toMatchObject({
      ...{ code: "too-many-hosts", exitCode: 2 },
    });
  });

  test.each([{ nodeLists: ["localhost:100001"] }, { tasksPerNode: 100_001 }, { cpusPerTask: 0.00001 }])(
    "slots beyond reason: %j",
    (request) => {
      expect(userErrorOf(() => nodesOf(request))).toMatchObject({ code: "too-many-slots", exitCode: 2 });
    },
  );
});
