import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { RUNTIMES } from "../unit/node/process/runtimes.ts";
import { Home } from "./home.ts";
import { released, ROOT, VERSION } from "./release-files.ts";

const TARBALL = released(`disbatch-${VERSION}.tgz`);

const PROGRAM = `
import { DisBatcher, DisBatchError, type FinishedTask, type Outcome, type RunEvent, run } from "disbatch";

await using batcher = new DisBatcher({ name: "mine", hosts: ["localhost:2"], prefix: "mine", env: { GREETING: "hello" } });
const { id }: { readonly id: number } = batcher.submit('echo "$GREETING"');
const result: FinishedTask = await batcher.result(id);
const started: RunEvent["type"] = "run-started";
const code: string | undefined = await batcher.result(99).then(
  () => undefined,
  (error: unknown) => (error instanceof DisBatchError ? error.code : undefined),
);
// @ts-expect-error hosts are texts
const wrong: unknown = ((): unknown => { try { return new DisBatcher({ hosts: 5 }); } catch (error) { return (error as Error).name; } })();
const ofList: Outcome = await run({ hosts: "localhost:1", prefix: "list" }, ["true", "exit 3"]);
console.log(JSON.stringify([result.output.snippet, result.ending?.type, code, wrong, started, ofList.failed]));
`;

/** As strict as TypeScript is, and with no look the other way at declarations. */
const SETTINGS = {
  compilerOptions: {
    ...{ module: "NodeNext", target: "ES2022", lib: ["ES2023", "DOM"], types: [], strict: true },
    ...{ skipLibCheck: false, exactOptionalPropertyTypes: true, outDir: "out" },
  },
  files: ["program.ts"],
};

test.each(RUNTIMES)(
  "the library is installed in an empty project, has types that need nothing else, and runs tasks under %s",
  async (_, runtime) => {
    const home = new Home();
    const tarball = home.receive(TARBALL);
    const { workspace } = home;
    for (const [file, text] of [
      ["package.json", JSON.stringify({ type: "module", private: true })],
      ["tsconfig.json", JSON.stringify(SETTINGS)],
      ["program.ts", PROGRAM],
    ] as const)
      writeFileSync(workspace.path(file), text);
    const installed = await home.run(["npm", "install", "--offline", "--no-save", tarball]);
    expect(installed).toMatchObject({ code: 0 });
    const tsc = path.join(ROOT, "node_modules/.bin/tsc");
    expect(execFileSync(tsc, ["--project", workspace.folder], { encoding: "utf8" })).toBe("");
    const { code, stdout, stderr } = await home.run([runtime, "out/program.js"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout)).toEqual(["hello\n", "exited", "unknown-task", "TypeError", "run-started", 1]);
  },
);
