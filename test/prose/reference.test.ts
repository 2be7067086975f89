import path from "node:path";
import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { COMMAND_SUMMARIES, isCommandName } from "../../src/cli/command-names.ts";
import { describeCommandOf } from "../../src/cli/commands.ts";
import { describeDbUtil } from "../../src/cli/db-util-options.ts";
import { EXIT } from "../../src/domain/exit-codes.ts";
import { ROUTES } from "../../src/web/api/routes.ts";
import { runMetrics } from "../../src/web/metrics/run-metrics.ts";
import { filesOfRun } from "../../src/run/files/run-files.ts";
import { nodesOf, parseMarkdown } from "../support/markdown.ts";
import { pageNames, textOf } from "../support/pages.ts";
import { tablesIn } from "./tables.ts";
import { directiveWords, errorCodes, eventNames, isStringInSource, variableNames } from "./names-in-code.ts";

/** Pieces of code in the text of a page, blocks of code left out. */
function codeIn(name: string): string[] {
  return nodesOf(parseMarkdown(textOf(name))).flatMap((node) => (node.type === "inlineCode" ? [node.value] : []));
}

/** Names that no page of these has among its code. */
function missing(names: readonly string[], pages: readonly string[]): string[] {
  return missingFrom(pages.flatMap(codeIn), names);
}

/** Names that no row of a table in these pages begins with. */
function withoutRow(names: readonly string[], pages: readonly string[]): string[] {
  return missingFrom(
    pages.flatMap((name) => tablesIn(textOf(name)).flatMap(({ rows }) => rows.flat())),
    names,
  );
}

function missingFrom(code: readonly string[], names: readonly string[]): string[] {
  const said = code.join("\n");
  return names.filter((name) => !new RegExp(String.raw`(?<![\w-])${name}(?![\w-])`).test(said));
}

function reference(name: string): string[] {
  return [`docs/reference/${name}.md`];
}

const commands: readonly Command[] = [
  ...(await Promise.all(
    Object.keys(COMMAND_SUMMARIES)
      .filter(isCommandName)
      .map((name) => describeCommandOf(name, "")),
  )),
  describeDbUtil("dbUtil.sh"),
];
const options = commands.flatMap((command) => command.options.filter((option) => !option.hidden));
const optionNames = [...new Set(options.flatMap(({ short, long }) => [short ?? [], long ?? []].flat()))];

describe("the reference has", () => {
  test("every option and command", () => {
    expect(missing([...optionNames, ...Object.keys(COMMAND_SUMMARIES)], reference("command-line"))).toEqual([]);
  });

  test("every directive", () => {
    expect(withoutRow(directiveWords(), reference("task-files"))).toEqual([]);
  });

  test("every variable", () => {
    expect(
      missing(
        variableNames().filter((name) => !UNSEEN.has(name)),
        reference("variables"),
      ),
    ).toEqual([]);
  });

  test("every file of a run", () => {
    const { prefix, jobId, automatic: _, ...files } = filesOfRun("PREFIX");
    const names = Object.values(files).map((file) => path.basename(file));
    const ofEngines = ["RANK.log", "wrap.log", "ID_HEX_undelivered.jsonl"];
    const all = [...names, ...ofEngines.map((end) => `${jobId}_LABEL_NODE_engine_${end}`)];
    expect([prefix.endsWith(jobId), withoutRow(all, reference("files"))]).toEqual([true, []]);
  });

  test("every exit code, and no other", () => {
    const [ofRun] = tablesIn(textOf("docs/reference/exit-codes.md"));
    expect([ofRun?.heading, ofRun?.rows.flat()]).toEqual(["A run", Object.values(EXIT).map(String)]);
  });

  test("every event of the journal", () => {
    expect(withoutRow(eventNames(), reference("journal"))).toEqual([]);
  });

  test("every path of the web API, and every metric", () => {
    const paths = ROUTES.map((route) => route.path);
    const metrics = runMetrics([], "").map(({ name }) => name);
    expect(withoutRow([...paths, ...metrics], reference("web-api"))).toEqual([]);
  });

  test("every error", () => {
    const ofCommander = ["unknownOption", "optionMissingArgument", "invalidArgument", "conflictingOption"];
    const codes = [...errorCodes(), ...ofCommander.map((code) => `commander.${code}`), "commander.excessArguments"];
    expect(withoutRow(codes, reference("error-codes"))).toEqual([]);
  });
});

/** Variables that only the program's own processes and build are told, or that only its own questions to Slurm have. */
const UNSEEN: ReadonlySet<string> = new Set([
  "DISBATCH_VERSION",
  "DISBATCH_COMMIT",
  "SLURM_TIME_FORMAT",
  "SLURM_DEBUG",
]);

/** Options of Slurm's that pages speak of by themselves; and the help, which every command has. */
const OF_OTHERS: ReadonlySet<string> = new Set(["--ntasks-per-node", "--help"]);

describe("what is not there is not spoken of:", () => {
  test("options", () => {
    // Pages for those who come from elsewhere have the options of other programs, too.
    const pages = pageNames().filter((name) => !name.startsWith("docs/how-to/from-"));
    const ours = pages.flatMap((name) =>
      codeIn(name)
        .filter((code) => /^(?:--|disbatch |\S*dbUtil\.sh )/.test(code))
        .flatMap((code) => [...code.matchAll(/(?<!\S)--[A-Za-z][\w-]*/g)].map(([option]) => [name, option] as const)),
    );
    const unknown = ours.filter(([, option]) => !optionNames.includes(option) && !OF_OTHERS.has(option));
    expect(unknown.map(([name, option]) => `${name}: ${option}`)).toEqual([]);
  });

  test("errors", () => {
    const rows = tablesIn(textOf("docs/reference/error-codes.md")).flatMap((table) => table.rows);
    const codes = rows.flat();
    expect(codes.filter((code) => !code.startsWith("commander.") && !isStringInSource(code))).toEqual([]);
  });
});
