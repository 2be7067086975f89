import { expect, test } from "vitest";
import { type OutputMessage, OutputIntake } from "../../../../src/core/driver/output-intake.ts";
import { EngineHandle } from "../../../../src/core/pool/engine-handle.ts";
import type { OutputBlock } from "../../../../src/domain/output.ts";
import type { DriverMessage } from "../../../../src/wire/messages.ts";

function engine(rank = 0) {
  const handle = new EngineHandle({
    ...{ id: `e${rank}`, rank, node: "n", context: "c", slots: 1 },
    capacity: { cores: 1, coresPerSlot: 1, memory: undefined, gpus: 0, named: {}, mostTasks: 1 },
  });
  const told: DriverMessage[] = [];
  handle.reach({ send: (said) => void told.push(said), close: () => undefined, destroy: () => undefined });
  return { handle, told };
}

function message(number: number, taskId = 1, live = false): OutputMessage {
  const piece = { taskId, attempt: 1, stream: "stdout", from: 0, length: 1 } as const;
  return { type: "output", number, live, pieces: [piece], data: Buffer.from(`data ${number}`).toString("base64") };
}

/** A keeper that is done when the test says so. */
function keeper() {
  const kept: string[] = [];
  const open: (() => void)[] = [];
  const keep = ({ data }: OutputBlock, done: () => void): void => {
    kept.push(data.toString());
    open.push(done);
  };
  return { keep, kept, finish: () => open.splice(0).forEach((done) => done()) };
}

test("a block is acknowledged once it is safe, and kept once however often it comes", () => {
  const { handle, told } = engine();
  const store = keeper();
  const intake = new OutputIntake(store, () => [handle]);
  intake.take(handle, message(1));
  intake.take(handle, message(1));
  expect([store.kept, told]).toEqual([["data 1"], []]);
  store.finish();
  intake.take(handle, message(1));
  expect(told).toEqual([
    { type: "output-taken", number: 1 },
    { type: "output-taken", number: 1 },
  ]);
  expect(store.kept).toHaveLength(1);
});

test("without a keeper all is acknowledged", () => {
  const { handle, told } = engine();
  new OutputIntake(undefined, () => [handle]).take(handle, message(1));
  expect(told).toEqual([{ type: "output-taken", number: 1 }]);
});

test("engines are told whom somebody follows, also when they come later, and that nobody does any more", () => {
  const { handle, told } = engine();
  const later = engine(1);
  const intake = new OutputIntake(undefined, () => [handle]);
  const blocks: number[] = [];
  const tell = ({ pieces }: Pick<OutputMessage, "pieces">): void => void blocks.push(pieces[0]?.taskId ?? -1);
  const some = { ids: [{ from: 1, to: 3 }], tell };
  const all = { ids: undefined, tell: () => undefined };
  intake.follow(some);
  intake.follow(all);
  intake.greet(later.handle);
  intake.unfollow(all);
  intake.unfollow(some);
  const ids = [{ from: 1, to: 3 }];
  expect(told).toEqual([
    { type: "follow-output", on: true, ids },
    { type: "follow-output", on: true, ids: undefined },
    { type: "follow-output", on: true, ids },
    { type: "follow-output", on: false, ids: [] },
  ]);
  expect(later.told).toEqual([{ type: "follow-output", on: true, ids: undefined }]);
  intake.follow(some);
  intake.take(handle, message(1, 2, true));
  intake.take(handle, message(2, 9, true));
  expect(blocks).toEqual([2]);
});
