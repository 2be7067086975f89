import { MOST_LISTED, UserError } from "../../domain/errors.ts";
import { messageOf } from "../../domain/system-error.ts";
import type { RunInquiries, TaskPage } from "../../domain/watch.ts";
import type { ControllerMessage, DriverAnswer } from "../../wire/control-messages.ts";

/** A question about the run, as a controller asks it. */
export type Inquiry = Extract<ControllerMessage, { type: "tasks" | "task" | "slots" }>;

/** Characters of a command in a page of tasks: 500 of them are to fit into a message. The task alone has all of it. */
const LONGEST_COMMAND = 1024;
/** Characters of what went wrong. */
const LONGEST_MESSAGE = 4096;

/** Finds out what a controller wants to know. Whatever goes wrong with that is the answer: the run goes on. */
export async function answerTo(inquiry: Inquiry, run: RunInquiries): Promise<DriverAnswer> {
  const { number } = inquiry;
  try {
    switch (inquiry.type) {
      case "tasks":
        return { type: "task-page", number, page: withShortCommands(await run.tasks(inquiry.query)) };
      case "task":
        return { type: "task-detail", number, detail: await run.task(inquiry.id) };
      case "slots":
        return { type: "engine-slots", number, engines: [...(await run.slots())] };
      default:
        return inquiry satisfies never;
    }
  } catch (error) {
    return noAnswer(number, error);
  }
}

/** Says that a question has no answer, and why. */
export function noAnswer(number: number, error: unknown): DriverAnswer {
  const message = shortened(messageOf(error));
  if (!(error instanceof UserError)) return { type: "no-answer", number, code: "inquiry-failed", message };
  const diagnostics = error.diagnostics
    .slice(0, MOST_LISTED + 1)
    .map((one) => ({ ...one, message: shortened(one.message) }));
  return { type: "no-answer", number, code: error.code, message, diagnostics };
}

function shortened(message: string): string {
  return message.slice(0, LONGEST_MESSAGE).toWellFormed();
}

function withShortCommands(page: TaskPage): TaskPage {
  return {
    ...page,
    rows: page.rows.map((row) => {
      const { command } = row;
      if (command === undefined || command.length <= LONGEST_COMMAND) return row;
      return { ...row, command: `${command.slice(0, LONGEST_COMMAND).toWellFormed()}…` };
    }),
  };
}
