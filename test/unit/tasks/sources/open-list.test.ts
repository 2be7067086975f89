import { describe, expect, it } from "vitest";
import { decodeBytes } from "../../../../src/domain/bytes.ts";
import { UserError } from "../../../../src/domain/errors.ts";
import { termsOfText } from "../../../../src/domain/terms/task-terms.ts";
import type { StreamItem } from "../../../../src/domain/task.ts";
import { saysListEnded, submittedAmong } from "../../../../src/tasks/sources/list-marks.ts";
import { OpenList } from "../../../../src/tasks/sources/open-list.ts";
import { collect, commandsOf, noWarning, userErrorOf } from "./collect.ts";
import { ListSource, task } from "./list-source.ts";

const OPTIONS = { name: "list", lenient: false, onWarning: noWarning };

function submitAll(list: OpenList, ...texts: readonly string[]) {
  return texts.map((text) => list.submit(text));
}

/** Lines that are kept, and how often that was made sure of. */
function keeper() {
  const kept = { lines: new Array<string>(), commits: 0 };
  return {
    kept,
    writeBytes: (line: Uint8Array) => void kept.lines.push(decodeBytes(line)),
    commit: () => void kept.commits++,
  };
}

function numbersOf(items: readonly StreamItem[]): unknown[] {
  return items.map((item) => (item.kind === "task" ? [item.id, item.line, item.command] : item.kind));
}

describe("a list that grows", () => {
  it("tells at once which ids a submission gets, and yields these", async () => {
    const list = new OpenList(OPTIONS);
    expect(submitAll(list, "a", "#DISBATCH REPEAT 3 b\n", "#DISBATCH PREFIX x", "c\n# no task\n\nd\n")).toEqual([
      { first: 0, count: 1 },
      { first: 1, count: 3 },
      { first: 4, count: 0 },
      { first: 4, count: 2 },
    ]);
    list.end();
    expect(numbersOf(await collect(list, 2))).toEqual([
      [0, 1, "a"],
      ...[1, 2, 3].map((id) => [id, 2, "b"]),
      [4, 4, "xc"],
      [5, 7, "xd"],
    ]);
    expect(list.total).toBe(6);
  });

  it("gives lines the terms that they are submitted with, and goes on as before behind them", async () => {
    const list = new OpenList({
      ...OPTIONS,
      terms: termsOfText("timeout=60"),
      isResource: (name) => name === "license",
    });
    const { kept, ...keeping } = keeper();
    list.keepIn(keeping);
    list.submit("#DISBATCH TERMS cores=2 retries=1 retry-on=1\na");
    expect(list.submit("b\nc #DISBATCH gpus=1", { terms: "retries=0 gpus=2 license=1" })).toEqual({
      first: 1,
      count: 2,
    });
    list.submit("d");
    list.end();
    const again = new OpenList({
      ...OPTIONS,
      terms: termsOfText("timeout=60"),
      isResource: (name) => name === "license",
    });
    again.replay(Buffer.from(kept.lines.map((line) => `${line}\n`).join("")), true);
    for (const one of [list, again]) {
      const items = await collect(one, 10);
      expect(items.map((item) => (item.kind === "task" ? [item.line, item.terms?.text] : []))).toEqual([
        [2, "cores=2 timeout=60 retries=1 retry-on=1"],
        [4, "cores=2 gpus=2 timeout=60 retries=0 license=1"],
        [5, "cores=2 gpus=1 timeout=60 retries=0 license=1"],
        [7, "cores=2 timeout=60 retries=1 retry-on=1"],
      ]);
    }
  });

  it("refuses terms that mean nothing, and a directive beside them, and places mistakes in the lines", () => {
    const list = new OpenList(OPTIONS);
    const bad = expect.objectContaining({ code: "bad-terms" });
    expect(() => list.submit("a", { terms: "cores=0" })).toThrow(bad);
    expect(() => list.submit("a", { terms: "license=1" })).toThrow(bad);
    expect(() => list.submit("a", { terms: "retry-on=1" })).toThrow(bad);
    expect(() => list.submit("a\n#DISBATCH terms\nb", { terms: "cores=1" })).toThrow(bad);
    expect(() => list.submit("a\n#DISBATCH WRONG", { terms: "cores=1" })).toThrow(/^submission:2:11: /);
    expect(list.submit("a", { terms: "cores=1" })).toEqual({ first: 0, count: 1 });
  });

  it("has whoever asks wait until something is submitted, or the list is ended", async () => {
    const list = new OpenList(OPTIONS);
    const [first] = [list.next(10), list.submit("a")];
    expect(commandsOf(await first)).toEqual(["a"]);
    const [last] = [list.next(10), list.end()];
    expect(await last).toEqual([]);
  });

  it("takes all of a submission or nothing, and goes on as if the refused one had not been", () => {
    const list = new OpenList(OPTIONS);
    list.submit("#DISBATCH PREFIX p ");
    expect(() => list.submit("a\n#DISBATCH PREFIX q \n#DISBATCH WRONG\n")).toThrow(
      expect.objectContaining({ code: "task-file-refused", message: expect.stringMatching(/^submission:3:11: /) }),
    );
    expect(list.submit("b\n")).toEqual({ first: 0, count: 1 });
    list.end();
    return expect(collect(list)).resolves.toEqual([expect.objectContaining({ id: 0, line: 2, command: "p b" })]);
  });

  it.each([
    ["a NUL byte", "a\0b", "nul-byte"],
    ["a late PERENGINE", "a\n#DISBATCH PERENGINE START b", "late-per-engine"],
  ])("refuses %s", (_, text, code) => {
    const list = new OpenList(OPTIONS);
    list.submit("first");
    const diagnostics = [expect.objectContaining({ code })];
    expect(() => list.submit(text)).toThrow(expect.objectContaining({ code: "task-file-refused", diagnostics }));
  });

  it("refuses text that no bytes stand for, and takes what stands for any", () => {
    const list = new OpenList(OPTIONS);
    const error = { code: "half-character", place: expect.objectContaining({ line: 2, column: 7 }) };
    expect(() => list.submit("b\nécho \ud800")).toThrow(
      expect.objectContaining({ code: "task-file-refused", diagnostics: [expect.objectContaining(error)] }),
    );
    expect(() => list.submit("echo \udc7f")).toThrow("half of a surrogate pair");
    expect(list.submit("echo \u{1f600}\udcff")).toEqual({ first: 0, count: 1 });
  });

  it("counts its tasks, also before anybody has asked for them", () => {
    const list = new OpenList(OPTIONS);
    list.submit("a\n#DISBATCH BARRIER\n#DISBATCH REPEAT 3 b\n# c");
    expect([list.tasks, list.ids]).toEqual([4, 5]);
  });

  it("counts the lines of whoever submits all of them from the first one, also those that are refused", () => {
    const list = new OpenList(OPTIONS);
    list.submit("a\nb", { from: "program" });
    expect(() => list.submit("c\n#DISBATCH WRONG", { from: "program" })).toThrow(/^program:4:11: /);
  });

  it("lists a hundred mistakes of a submission, and says how many more there are", () => {
    const refused = (): unknown => new OpenList(OPTIONS).submit("#DISBATCH WRONG\n".repeat(1000));
    const last = {
      code: "more-problems",
      place: { file: "submission", line: 101, column: 11 },
      message: "and 900 more errors from this line on",
    };
    const diagnostics = expect.objectContaining({ length: 101, 100: expect.objectContaining(last) });
    expect(refused).toThrow(expect.objectContaining({ code: "task-file-refused", diagnostics }));
  });

  it("takes no more tasks than can be numbered", () => {
    const list = new OpenList(OPTIONS);
    list.submit("a");
    const all = "#DISBATCH REPEAT 9007199254740991 b";
    expect(() => list.submit(all)).toThrow(expect.objectContaining({ code: "too-many-tasks" }));
    expect(list.submit("c")).toEqual({ first: 1, count: 1 });
  });

  it("takes nothing any more when it has been ended, or closed", async () => {
    const [ended, closed] = [new OpenList(OPTIONS), new OpenList(OPTIONS)];
    ended.end();
    await closed.close();
    for (const list of [ended, closed]) {
      expect(() => list.submit("a")).toThrow(expect.objectContaining({ code: "list-ended" }));
    }
  });

  it("yields what came before a failure, and then fails", async () => {
    const list = new OpenList(OPTIONS);
    list.submit("a");
    list.fail(new UserError("gone", "gone"));
    expect(commandsOf(await list.next(10))).toEqual(["a"]);
    expect((await userErrorOf(list.next(10))).code).toBe("gone");
  });

  it("keeps each line before it is acknowledged, to the byte, and none of what is refused", () => {
    const list = new OpenList(OPTIONS);
    const { kept, ...how } = keeper();
    list.keepIn(how);
    list.submit("a\u{dcff}\n\n# b");
    expect(kept).toEqual({ lines: ["a\u{dcff}", "", "# b"], commits: 1 });
    expect(() => list.submit("#DISBATCH WRONG")).toThrow("WRONG");
    expect(kept.commits).toBe(1);
  });

  it("holds lines until they can be kept, and keeps them together", () => {
    const list = new OpenList(OPTIONS);
    list.submit("a");
    list.submit("b\nc");
    const { kept, ...how } = keeper();
    list.keepIn(how);
    expect(kept).toEqual({ lines: ["a", "b", "c"], commits: 1 });
    list.submit("d");
    expect(kept).toEqual({ lines: ["a", "b", "c", "d"], commits: 2 });
  });

  it("goes on where the lines end that were kept", async () => {
    const list = new OpenList(OPTIONS);
    list.replay(Buffer.from("#DISBATCH SUFFIX  s\na\n#DISBATCH BARRIER\n"), false);
    expect(list.submit("b")).toEqual({ first: 2, count: 1 });
    list.end();
    expect(numbersOf(await collect(list))).toEqual([[0, 2, "a s"], "barrier", [2, 4, "b s"]]);
  });

  it("says that it has been ended where its lines are kept, once, and again when it goes on after that", () => {
    const list = new OpenList(OPTIONS);
    const { kept, ...how } = keeper();
    list.keepIn(how);
    list.submit("a");
    list.end();
    list.end();
    expect(kept.lines).toEqual(["a", "# disbatch: no more tasks"]);
    const bytes = Buffer.from(kept.lines.map((line) => `${line}\n`).join(""));
    expect([saysListEnded(bytes), saysListEnded(bytes.subarray(0, -1)), saysListEnded(Buffer.from("a\n"))]).toEqual([
      ...[true, false, false],
    ]);
    const again = new OpenList(OPTIONS);
    again.replay(bytes, false);
    again.keepIn(how);
    expect(again.submit("b")).toEqual({ first: 1, count: 1 });
    expect(kept.lines.slice(2)).toEqual(["# disbatch: more tasks may follow", "b"]);
    const over = new OpenList(OPTIONS);
    over.replay(bytes, true);
    expect([over.isEnded, over.ids]).toEqual([true, 1]);
  });

  it.each(["# disbatch: no more tasks", "a\n# disbatch: no more tasks\n", "  # disbatch: no more tasks"])(
    "is not taken for ended, whatever was submitted: %j",
    async (text) => {
      const [list, again] = [new OpenList(OPTIONS), new OpenList(OPTIONS)];
      const { kept, ...how } = keeper();
      list.keepIn(how);
      list.submit("#DISBATCH PREFIX p");
      list.submit(text);
      const bytes = Buffer.from(kept.lines.map((line) => `${line}\n`).join(""));
      expect(saysListEnded(bytes)).toBe(false);
      expect(submittedAmong(bytes)).toEqual(["#DISBATCH PREFIX p", ...text.replace(/\n$/, "").split("\n")]);
      again.replay(bytes, false);
      again.keepIn(how);
      for (const one of [list, again]) one.submit("b");
      for (const one of [list, again]) one.end();
      expect(numbersOf(await collect(again))).toEqual(numbersOf(await collect(list)));
      expect(kept.lines.filter((line) => line.startsWith("# disbatch: more"))).toEqual([]);
    },
  );

  it("tells lines that look like what is kept about its end from that, to the blank", () => {
    const list = new OpenList(OPTIONS);
    const { kept, ...how } = keeper();
    list.keepIn(how);
    const lines = [
      "# disbatch: more tasks may follow",
      " # disbatch: no more tasks",
      "# disbatch: no more tasks ",
      "a",
      "",
    ];
    list.submit(`${lines.join("\n")}\n`);
    list.end();
    const bytes = Buffer.from(kept.lines.map((line) => `${line}\n`).join(""));
    expect([saysListEnded(bytes), submittedAmong(bytes)]).toEqual([true, lines]);
  });

  it("goes on with the numbers of lines behind what is kept about its end", async () => {
    const list = new OpenList(OPTIONS);
    list.replay(Buffer.from("a\n# disbatch: no more tasks\n"), false);
    list.keepIn(keeper());
    list.submit("b");
    list.end();
    expect(numbersOf(await collect(list))).toEqual([
      [0, 1, "a"],
      [1, 4, "b"],
    ]);
  });

  it("is added to another list, whose numbers it goes on with", async () => {
    const source = new ListSource([task(0, "a")]);
    const list = new OpenList({ ...OPTIONS, before: { source, ids: 1, lines: 3 } });
    expect(list.submit("b")).toEqual({ first: 1, count: 1 });
    list.end();
    expect(numbersOf(await collect(list))).toEqual([
      [0, 1, "a"],
      [1, 4, "b"],
    ]);
  });
});
