import { UserError } from "../../domain/errors.ts";
import { messageOf } from "../../domain/system-error.ts";
import type { RunInquiries, TaskPage } from "../../domain/watch.ts";
import type { ControllerMessage, DriverAnswer } from "../../wire/control-messages.ts";

/** A question about the run, as a controller asks it. */
export type Inquiry = Extract<ControllerMessage, { number: number }>;

/** Characters of a command in a page of tasks: 500 of them are to fit into a message. The task alone has all of it. */
const LONGEST_COMMAND = 1024;
/** Characters of what went wrong. */
const LONGEST_MESSAGE = 1024;

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
    const code = error instanceof UserError ? error.code : "inquiry-failed";
    return { type: "no-answer", number, code, message: messageOf(error).slice(0, LONGEST_MESSAGE) };
  }
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
