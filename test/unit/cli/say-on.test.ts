import { expect, test } from "vitest";
import { sayOn } from "../../../src/cli/conduct.ts";
import { Terminal } from "../../../src/faces/terminal/terminal.ts";
import { FakeOutput } from "../faces/terminal/fakes.ts";

test("what the user is told stays on one line, whatever a path in it holds", () => {
  const output = new FakeOutput();
  sayOn(new Terminal(output))("warning: see a\nforged: b\u001b[31m");
  expect(output.writes).toEqual(["disbatch: warning: see a\\nforged: b\\e[31m\n"]);
});
