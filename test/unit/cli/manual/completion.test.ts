import { describe, expect, test } from "vitest";
import { COMPLETION_SHELLS, completionScript } from "../../../../src/cli/manual/completion.ts";
import { optionsOf } from "../../../../src/cli/manual/program-description.ts";
import { disbatch } from "./disbatch.ts";

const options = disbatch.commands.flatMap(optionsOf);

test("names and choices are plain words, which need no quotes in any shell", () => {
  const words = [
    ...disbatch.commands.flatMap(({ name, operands }) => [name, ...operands.flatMap(({ choices }) => choices)]),
    ...options.flatMap(({ names, choices }) => [...names, ...choices]),
  ];
  expect(words.filter((word) => !/^[\w-]+$/.test(word))).toEqual([]);
});

describe.each(COMPLETION_SHELLS)("the completions for %s", (shell) => {
  const script = completionScript(shell, disbatch);

  test("have every command, and every option that is not hidden", () => {
    const names = options.filter(({ isHidden }) => !isHidden).flatMap((option) => option.names);
    const asWritten = (name: string): string =>
      shell === "fish" ? name.replace(/^--/, "-l ").replace(/^-(?=\w$)/, "-s ") : name;
    const words = [...disbatch.commands.map(({ name }) => name), ...names.map(asWritten)];
    expect(words.filter((word) => !script.includes(word))).toEqual([]);
    expect(script).not.toMatch(/gpu(?!s)/i);
  });

  test("have nothing in them that evaluates text, and start neither ssh nor disbatch", () => {
    const code = script
      .split("\n")
      .filter((line) => !line.trimStart().startsWith("#"))
      .join("\n");
    expect(code).not.toMatch(/\beval\b|compgen|\$\(ssh|\bssh -|\$\(disbatch|\(e\)/);
  });

  test("have no two functions of one name", () => {
    const names = Array.from(script.matchAll(/^(?:function )?(_\w+)(?:\(\) \{)?$/gm), ([, name]) => name);
    expect(names.length).toBeGreaterThan(1);
    expect(new Set(names).size).toBe(names.length);
  });

  test("end with a newline, and name the version", () => {
    expect(script).toMatch(/\n$/);
    expect(script).toContain("disbatch 1.2.3");
  });
});
