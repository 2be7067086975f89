import { type Leak, NO_LEAK, type TaskResult, type TaskUsage } from "../../domain/result.ts";
import { termsOfText } from "../../domain/terms/task-terms.ts";
import { endingOf } from "../statusfile/return-code.ts";
import type { JournalEntry } from "./entry.ts";
import { FewTexts } from "./few-texts.ts";
import { LineScanner, written } from "./line-scanner.ts";

const ASSIGNED = written('{"e":"task-assigned","t":');
const STARTED = written('{"e":"task-started","t":');
const FINISHED = written('{"e":"task-finished","t":');
const ID = written(',"id":');
const LINE = written(',"line":');
const REPEAT = written(',"rep":');
const ATTEMPT = written(',"try":');
const NODE = written(',"node":');
const ENGINE = written(',"eng":');
const SLOT = written(',"slot":');
const PID = written(',"pid":');
const CODE = written(',"code":');
const START = written(',"start":');
const FINISH = written(',"end":');
const COMMAND = written(',"cmd":');
const TERMS = written(',"terms"');
const COLON = written(":");
const CPU = written(',"cpu":');
const MEMORY = written(',"mem":');
const OUTPUT = written(',"out":[');
const ERROR = written(',"err":[');
const THEN = written(",");
const CLOSE = written("]");
const END = written("}");

const scanner = new LineScanner();
const nodes = new FewTexts();

/**
 * The entry in the line bytes[start, end), if it is one of those that nearly all lines are, and written as `format.ts` writes it:
 * the same that `entryOf` would make of it, for a fraction of the time. Undefined for all other lines, which are to be read as JSON.
 */
export function quickEntry(bytes: Buffer, start: number, end: number): JournalEntry | undefined {
  scanner.begin(bytes, start, end);
  if (scanner.passes(FINISHED)) return finished();
  if (scanner.passes(ASSIGNED)) return assigned();
  return scanner.passes(STARTED) ? started() : undefined;
}

function finished(): JournalEntry | undefined {
  const time = scanner.seconds();
  const taskId = scanner.whole(ID);
  const attempt = scanner.whole(ATTEMPT);
  const node = scanner.plainText(NODE, nodes);
  const engine = scanner.whole(ENGINE);
  const slot = scanner.whole(SLOT);
  const pid = scanner.whole(PID);
  const code = scanner.whole(CODE);
  const start = scanner.seconds(START);
  const finish = scanner.seconds(FINISH);
  const usage = usageIn();
  const output = leak(OUTPUT);
  const error = leak(ERROR);
  scanner.expect(END);
  if (!scanner.isWhole || (usage !== undefined && !isUse(usage))) return undefined;
  const ending = endingOf(code, pid);
  const result: TaskResult = { taskId, attempt, node, engine, slot, pid, ending, start, finish, output, error, usage };
  return { type: "task-finished", time, result };
}

function usageIn(): TaskUsage | undefined {
  if (!scanner.passes(CPU)) return undefined;
  const cpu = scanner.seconds();
  return { cpu, peak: scanner.passes(MEMORY) ? scanner.whole() : undefined };
}

/** A damaged line may have what nothing can have used. */
function isUse({ cpu, peak = 0 }: TaskUsage): boolean {
  return cpu >= 0 && peak >= 0;
}

function assigned(): JournalEntry | undefined {
  const time = scanner.seconds();
  const id = scanner.whole(ID);
  const line = scanner.whole(LINE);
  const repeatIndex = scanner.whole(REPEAT);
  const attempt = scanner.whole(ATTEMPT);
  const engine = scanner.whole(ENGINE);
  const command = scanner.text(COMMAND);
  const text = scanner.passes(TERMS) ? scanner.text(COLON) : undefined;
  scanner.expect(END);
  if (!scanner.isWhole) return undefined;
  const terms = text === undefined ? undefined : termsOfText(text);
  // A damaged text is for whoever reads the line as JSON.
  if (text !== undefined && terms === undefined) return undefined;
  const task = { kind: "task", id, line, repeatIndex, command, terms } as const;
  return { type: "task-assigned", time, task, attempt, crashes: 0, engine };
}

function started(): JournalEntry | undefined {
  const time = scanner.seconds();
  const taskId = scanner.whole(ID);
  const attempt = scanner.whole(ATTEMPT);
  const engine = scanner.whole(ENGINE);
  const slot = scanner.whole(SLOT);
  const start = scanner.seconds(START);
  scanner.expect(END);
  return scanner.isWhole ? { type: "task-started", time, taskId, attempt, engine, slot, start } : undefined;
}

function leak(name: Buffer): Leak {
  if (!scanner.passes(name)) return NO_LEAK;
  const bytes = scanner.whole();
  const snippet = scanner.text(THEN);
  scanner.expect(CLOSE);
  return { bytes, snippet };
}
