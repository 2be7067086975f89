import { guardValues, templateOf } from "../../../../src/cli/each-words.ts";
import { encodeText } from "../../../../src/domain/bytes.ts";
import { type CommandList, commandList } from "../../../../src/tasks/templates/command-list.ts";
import { readCsv } from "../../../../src/tasks/templates/csv.ts";
import { lineValues } from "../../../../src/tasks/templates/line-values.ts";

/** What a list is made from beside its words. */
interface Beside {
  readonly zip?: boolean;
  readonly csv?: readonly string[];
  /** Contents by their paths. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The list that the words behind `disbatch each` stand for. */
export function listOf(words: readonly string[], { zip = false, csv = [], files = {} }: Beside = {}): CommandList {
  const operands = guardValues(words).filter((word) => word !== "--");
  const bytes = (path: string): Buffer => encodeText(files[path] ?? "");
  return commandList(templateOf(operands, { zip, csv }), {
    lines: (path) => lineValues(bytes(path), path),
    csv: (path) => readCsv(bytes(path), path),
  });
}

/** The commands of that list. */
export function commandsOf(words: readonly string[], beside?: Beside): string[] {
  const expansion = listOf(words, beside).commands();
  const commands: string[] = [];
  for (let command = expansion.next(); command !== undefined; command = expansion.next()) commands.push(command);
  return commands;
}
