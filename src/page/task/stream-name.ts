import type { TaskDocument } from "../../web/api/answers.ts";

/** The standard streams of a task. */
export type StreamName = keyof TaskDocument["kept"];
