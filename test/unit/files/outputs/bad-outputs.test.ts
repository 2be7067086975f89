import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { TaskOutput } from "../../../../src/domain/task-files.ts";
import { FILE_CALLS } from "../../../../src/files/outputs/file-calls.ts";
import { putInPlace } from "../../../../src/files/outputs/put-in-place.ts";
import { attemptNamed } from "../../../../src/files/outputs/attempt-names.ts";
import { parsePlan } from "../../../../src/files/outputs/plan.ts";
import { outputVariables } from "../../../../src/files/outputs/staged-task.ts";
import { watchedCalls } from "./cut-off-calls.ts";
import { file, folder, OutputTree, STAGE } from "./output-tree.ts";

/** What is said of outputs that a command has made in a way of its own. */
async function refusal(
  tree: OutputTree,
  outputs: readonly TaskOutput[],
  make: (made: readonly string[]) => void,
): Promise<string> {
  const staged = await tree.stage(outputs);
  make(staged.outputs.map(({ made }) => made));
  return putInPlace(staged, FILE_CALLS).then(
    () => "put in place",
    (error: Error) => error.message,
  );
}

function listenAt(where: string): void {
  const server = createServer().listen(where);
  onTestFinished(() => void server.close());
}

describe("what a command has made", () => {
  test.each<[string, TaskOutput, (made: string) => void, string]>([
    ["nothing", file("a", "a"), () => undefined, "output a, a, was not made"],
    [
      "a folder for a file",
      file("a", "a"),
      (made) => mkdirSync(made),
      "output a, a, was to be a file, and is a folder",
    ],
    [
      "a file for a folder",
      folder("a", "a"),
      (made) => writeFileSync(made, ""),
      "output a, a, was to be a folder, and is a file",
    ],
    [
      "a link",
      file("a", "a"),
      (made) => symlinkSync("/etc/passwd", made),
      "output a, a, was to be a file, and is a link",
    ],
    [
      "a link to a folder",
      folder("a", "a"),
      (made) => symlinkSync("/etc", made),
      "output a, a, was to be a folder, and is a link",
    ],
    [
      "a pipe",
      file("a", "a"),
      (made) => execFileSync("mkfifo", [made]),
      "output a, a, was to be a file, and is a pipe",
    ],
    ["a socket", file("a", "a"), listenAt, "output a, a, was to be a file, and is a socket"],
  ])("is refused when it is %s, and what was there stays", async (_what, output, make, message) => {
    const tree = new OutputTree();
    tree.putOld([output]);
    expect(await refusal(tree, [output], ([made = ""]) => make(made))).toBe(message);
    expect(tree.standing([output])).toBe("old");
  });

  test("is not read from a file that goes while it is read", async () => {
    const tree = new OutputTree();
    const digested = { ...folder("a", "a"), isDigested: true };
    const staged = await tree.stage([digested]);
    tree.make(staged, "new");
    const { made = "" } = staged.outputs[0] ?? {};
    const calls = {
      ...FILE_CALLS,
      lstat: async (where: string) => {
        const there = await FILE_CALLS.lstat(where);
        if (where === made) rmSync(made, { recursive: true });
        return there;
      },
    };
    await expect(putInPlace(staged, calls)).rejects.toThrow(
      "output a, a, cannot be read: no such file or directory (ENOENT)",
    );
  });
});

describe("a place", () => {
  test.each<[string, TaskOutput, (place: string) => void, string]>([
    [
      "a folder is where a file is to be",
      file("a", "x/a"),
      (place) => mkdirSync(place, { recursive: true }),
      "a folder is there, and this is a file",
    ],
    [
      "a link to a folder is where a file is to be",
      file("a", "a"),
      (place) => symlinkSync("/etc", place),
      "a folder is there, and this is a file",
    ],
    [
      "a file is where a folder is to be",
      folder("a", "a"),
      (place) => writeFileSync(place, "old"),
      "a file is there, and this is a folder",
    ],
    [
      "a link is where a folder is to be",
      folder("a", "a"),
      (place) => symlinkSync("/etc", place),
      "a link is there, and this is a folder",
    ],
    [
      "a pipe is there",
      file("a", "a"),
      (place) => execFileSync("mkfifo", [place]),
      "a pipe is there, and this is a file",
    ],
  ])("is refused when %s", async (_what, output, put, message) => {
    const tree = new OutputTree();
    put(tree.at(output.path));
    const said = await refusal(tree, [output, file("b", "b")], ([one = "", two = ""]) => {
      if (output.isFolder) mkdirSync(one);
      else writeFileSync(one, "new");
      writeFileSync(two, "new");
    });
    expect(said).toBe(`output a, ${output.path}, cannot be put in place: ${message}`);
    expect(existsSync(tree.at("b"))).toBe(false);
  });

  test("that is a link to a file gets the file in place of the link", async () => {
    const tree = new OutputTree();
    writeFileSync(tree.at("target"), "old");
    symlinkSync("target", tree.at("a"));
    await tree.run([file("a", "a"), file("b", "b")]);
    expect([readFileSync(tree.at("a"), "utf8"), readFileSync(tree.at("target"), "utf8")]).toEqual(["new", "old"]);
  });

  test.each([["../a"], [".."], ["x/../../a"], [""], ["."], ["a//b"], ["a/"], ["a\0b"]])(
    "is refused that leaves the folder or is no plain path: %j",
    async (where) => {
      const tree = new OutputTree();
      await expect(tree.stage([file("a", where)])).rejects.toThrow(/^output a, /);
      await tree.settle();
      expect(tree.isClean).toBe(true);
    },
  );

  test("is refused where a link leads out of the folder, also when the command has made it", async () => {
    const tree = new OutputTree();
    symlinkSync(tmpdir(), tree.at("out"));
    await expect(tree.stage([file("a", "out/a")])).rejects.toThrow("a link leads out of the folder of the tasks");
    unlinkSync(tree.at("out"));
    const staged = await tree.stage([file("a", "out/a")], 2);
    tree.make(staged, "new");
    symlinkSync(tmpdir(), tree.at("out"));
    await expect(putInPlace(staged, FILE_CALLS)).rejects.toThrow("a link leads out of the folder of the tasks");
  });

  test("may be anywhere where the path is absolute, and behind links that stay within the folder", async () => {
    const [tree, other] = [new OutputTree(), new OutputTree()];
    mkdirSync(tree.at("real"));
    symlinkSync("real", tree.at("link"));
    const outputs = [file("a", other.at("x/a")), file("b", "link/b")];
    await tree.run(outputs);
    expect(tree.standing(outputs)).toBe("new");
    expect(existsSync(tree.at("real/b"))).toBe(true);
  });

  test("has a file above it", async () => {
    const tree = new OutputTree();
    writeFileSync(tree.at("x"), "");
    await expect(tree.stage([file("a", "x/a")])).rejects.toThrow(
      `output a, x/a, has no place: "${tree.at("x")}" is no folder`,
    );
  });
});

test.each(["ENOSPC", "EROFS", "EDQUOT", "EACCES"])(
  "a set is as it was wherever the system says %s, and it says so",
  async (code) => {
    const outputs = [file("a", "x/a"), folder("b", "b"), file("c", "c")];
    for (let nth = 1; nth < 100; nth++) {
      const tree = new OutputTree();
      tree.putOld(outputs.slice(1));
      const before = tree.standing(outputs.slice(1));
      const calls = watchedCalls((change) => {
        if (change === nth) throw Object.assign(new Error(`${code}: no room, call`), { code });
      });
      const said = await tree.run(outputs, "new", calls).then(
        () => "put",
        (error: Error) => error.message,
      );
      await tree.settle();
      const isPut = said === "put";
      expect(isPut || said.includes(code)).toBe(true);
      const standing = [tree.standing(outputs.slice(0, 1)), tree.standing(outputs.slice(1))];
      expect(standing, `change ${nth}`).toEqual(isPut ? ["new", "new"] : ["none", before]);
      if (calls.changes() < nth) return;
    }
    expect.unreachable();
  },
);

test("names may be long and odd, and a task may make a thousand files", async () => {
  const tree = new OutputTree();
  const odd = ["a\nb", "$(touch x)", "'\"\\", "ä".repeat(127), `${"d".repeat(200)}/${"e".repeat(250)}/f`, "-rf"];
  const outputs = [...odd, ...Array.from({ length: 1000 }, (_, i) => `many/${i % 7}/${i}`)].map((where, i) =>
    file(`o${i}`, where),
  );
  tree.putOld(outputs);
  const staged = await tree.stage(outputs);
  expect(outputVariables(staged)["OUT_o0"]).toBe(tree.at(`${STAGE}/7.1/o0/a\nb`));
  tree.make(staged, "new");
  const made = await putInPlace(staged, FILE_CALLS);
  expect(made.map((one) => one.path)).toEqual(outputs.map((one) => one.path));
  expect(tree.standing(outputs)).toBe("new");
});

test("a name that is too long for any file is refused before the command starts or when it is put in place", async () => {
  const tree = new OutputTree();
  await expect(
    tree.stage([file("a", "x".repeat(300))]).then((staged) => {
      tree.make(staged, "new");
      return putInPlace(staged, FILE_CALLS);
    }),
  ).rejects.toThrow(/ENAMETOOLONG/);
});

describe("what stands in a stage", () => {
  test("is settled in another place, too, where the whole tree has been moved", async () => {
    const tree = new OutputTree();
    const outputs = [file("a", "a"), folder("b", "b")];
    tree.putOld(outputs);
    const staged = await tree.stage(outputs);
    tree.make(staged, "new");
    const calls = watchedCalls((_change, call, where) => {
      if (call === "rename" && where.endsWith("/a/a")) throw new Error("killed");
      if (call === "rename" && where.endsWith(".ready")) throw new Error("killed");
    });
    await expect(putInPlace(staged, calls)).rejects.toThrow("when the next run begins");
    const moved = new OutputTree();
    rmSync(moved.root, { recursive: true });
    await FILE_CALLS.rename(tree.root, moved.root);
    await moved.settle();
    expect([moved.standing(outputs), moved.isClean, moved.warnings]).toEqual(["new", true, []]);
  });

  test("is left where its plan cannot be read, and that is said", async () => {
    const tree = new OutputTree();
    await tree.stage([file("a", "a")]);
    writeFileSync(tree.at(`${STAGE}/7.1/.ready`), "{");
    await tree.settle();
    expect(tree.warnings).toEqual([expect.stringContaining("outputs of task 7 are perhaps not all old or all new")]);
    expect(tree.isClean).toBe(false);
  });

  test("is of an attempt only by its name", () => {
    expect(["7.1", "7.1.0a", "x", "7", "7.1.x", "-1.1"].map((name) => attemptNamed(name)?.taskId)).toEqual([
      7,
      7,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("has no plan that leads elsewhere by its names", () => {
    const planned = { name: "a", path: "a", file: "a" };
    const read = (one: object) => parsePlan(JSON.stringify({ outputs: [{ ...planned, ...one }] }));
    expect(read({})).toEqual([planned]);
    expect([read({ name: "../a" }), read({ file: "../a" }), read({ path: "" }), read({ old: "x" })]).toEqual(
      Array.from({ length: 4 }),
    );
  });
});

test("a folder of stages that is a link is refused", async () => {
  const tree = new OutputTree();
  symlinkSync(path.join(tmpdir(), "nowhere"), tree.at(".disbatch"));
  await expect(tree.stage([file("a", "a")])).rejects.toThrow("this is no folder");
});
