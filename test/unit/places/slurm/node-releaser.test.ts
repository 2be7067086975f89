import { beforeEach, expect, test, vi } from "vitest";
import type { ProgramAnswer } from "../../../../src/places/slurm/ask.ts";
import { NodeReleaser, type RetireVariables } from "../../../../src/places/slurm/node-releaser.ts";

const DONE: ProgramAnswer = { type: "answer", text: "" };
const REFUSED: ProgramAnswer = { type: "refusal", reason: "not now" };

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

/** A job of the nodes a to d, which this process runs on a node of, and what is asked of Slurm. */
function job({ answers = [] as ProgramAnswer[], ownNode = "a", retire = false, unused = [] as string[] } = {}) {
  /** What the job has, and where other steps of it run, as Slurm has it. */
  const slurm = { nodes: "a,b,c,d", steps: "12.batch a\n" };
  const asked: string[][] = [];
  const retired: RetireVariables[] = [];
  const notes: string[] = [];
  const answer = (): Promise<ProgramAnswer> => Promise.resolve(answers.shift() ?? DONE);
  const releaser = new NodeReleaser({
    ...{ jobId: "12", nodes: ["a", "b", "c", "d"], unused, note: (message) => notes.push(message) },
    ownNode: ownNode === "" ? undefined : ownNode,
    ask: (program, args) => {
      if (program === "squeue") return Promise.resolve({ type: "answer", text: slurm.steps });
      if (args[0] === "show") return Promise.resolve({ type: "answer", text: `JobId=12 NodeList=${slurm.nodes}\n` });
      asked.push([program, ...args]);
      return answer();
    },
    retire: retire
      ? (variables) => {
          retired.push(variables);
          return answer();
        }
      : undefined,
  });
  return { releaser, slurm, asked, retired, notes };
}

test("nodes of ten seconds are given back at once, by naming those that stay", async () => {
  const { releaser, asked, notes } = job();
  releaser.release("b", 0);
  await vi.advanceTimersByTimeAsync(9_000);
  releaser.release("d", 0);
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toEqual([["scontrol", "update", "JobId=12", "NodeList=a,c"]]);
  expect(notes).toEqual(["given back: b,d"]);
  releaser.release("c", 0);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked[1]).toEqual(["scontrol", "update", "JobId=12", "NodeList=a"]);
});

test("nodes that there is no use for go with the first", async () => {
  const { releaser, asked } = job({ unused: ["c"] });
  await vi.advanceTimersByTimeAsync(60_000);
  releaser.release("b", 0);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked).toEqual([["scontrol", "update", "JobId=12", "NodeList=a,d"]]);
});

test("the node that this process runs on is kept, also when its engine has gone", async () => {
  const { releaser, asked } = job();
  releaser.release("a", 0);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toEqual([]);
  releaser.release("b", 0);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked).toEqual([["scontrol", "update", "JobId=12", "NodeList=a,c,d"]]);
});

test("a node where another step of the job runs is kept", async () => {
  const { releaser, slurm, asked, notes } = job();
  slurm.steps += "12.3 b,c\n12.interactive d\n";
  releaser.release("b", 0);
  releaser.release("d", 0);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked).toEqual([["scontrol", "update", "JobId=12", "NodeList=a,b,c"]]);
  expect(notes).toEqual(["given back: d", "not given back: b: other steps of the job run there"]);
  slurm.nodes = "a,b,c";
  slurm.steps = "";
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked[1]).toEqual(["scontrol", "update", "JobId=12", "NodeList=a,c"]);
});

test("what the job does not have any more is nobody's to give back", async () => {
  const { releaser, slurm, asked, notes } = job();
  slurm.nodes = "a,c";
  releaser.release("b", 0);
  await vi.advanceTimersByTimeAsync(60_000);
  expect([asked, notes]).toEqual([[], []]);
});

test("a refusal is noted, tried once more, and left at that until there is another node", async () => {
  const { releaser, asked, notes } = job({ answers: [REFUSED, REFUSED] });
  releaser.release("b", 0);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toHaveLength(2);
  expect(notes).toEqual(["not given back: b: not now", "not given back: b: not now"]);
  releaser.release("c", 0);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked[2]).toEqual(["scontrol", "update", "JobId=12", "NodeList=a,d"]);
  expect(notes[2]).toBe("given back: b,c");
});

test("a job is not asked to do without its last node", async () => {
  const { releaser, asked, notes } = job({ ownNode: "" });
  for (const node of ["a", "b", "c", "d"]) releaser.release(node, 0);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toEqual([]);
  expect(notes[0]).toBe("not given back: a,b,c,d: a job keeps its last node");
});

test("a command of the user's is told what goes and what stays", async () => {
  const { releaser, asked, retired } = job({ retire: true });
  releaser.release("b", 0);
  releaser.release("c", 137);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(retired).toEqual([{ NODE: "b,c", NODES: "b,c", RETCODES: "0,137", ACTIVE: "a,d", RETIRED: "b,c" }]);
  releaser.release("a", 0);
  releaser.release("d", 0);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(retired[1]).toEqual({
    ...{ NODE: "d", NODES: "d", RETCODES: "0", ACTIVE: "", RETIRED: "a,b,c,d", DRIVER_NODE: "a" },
  });
  expect(asked).toEqual([]);
});

test("nothing is asked once it is closed", async () => {
  const { releaser, asked } = job();
  releaser.release("b", 0);
  releaser.close();
  expect(vi.getTimerCount()).toBe(0);
  releaser.release("c", 0);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toEqual([]);
});
