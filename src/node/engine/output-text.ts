/** What tasks of slot processes have printed, as it travels to their engine: bytes as Base64. */

import type { KeptOutput, KeptStream } from "../../domain/output.ts";
import type { SlotMessage } from "../../wire/slot-messages.ts";
import type { PrintedPart } from "./workplace.ts";

type Ended = Extract<SlotMessage, { type: "ended" }>;
type KeptText = NonNullable<Ended["kept"]>;
type PartText = Extract<SlotMessage, { type: "printed" }>["stdout"];

/** What is kept of a task, as text. */
export function keptAsText({ stdout, stderr }: KeptOutput): KeptText {
  return { stdout: streamAsText(stdout), stderr: streamAsText(stderr) };
}

/** The same as bytes again. */
export function keptOfText({ stdout, stderr }: KeptText): KeptOutput {
  const [out, error] = [streamOfText(stdout), streamOfText(stderr)];
  return { ...(out !== undefined && { stdout: out }), ...(error !== undefined && { stderr: error }) };
}

/** A part of what a task prints, as text. @param from where it begins when there is none. */
export function partAsText(part: PrintedPart | undefined, from: number): PartText {
  return { from: part?.from ?? from, data: part?.data.toString("base64") ?? "" };
}

/** The same as bytes again. */
export function partOfText({ from, data }: PartText): PrintedPart {
  return { from, data: Buffer.from(data, "base64") };
}

function streamAsText(stream: KeptStream | undefined): KeptText["stdout"] {
  return stream === undefined ? undefined : { bytes: stream.bytes, tail: stream.tail.toString("base64") };
}

function streamOfText(text: KeptText["stdout"]): KeptStream | undefined {
  return text === undefined ? undefined : { bytes: text.bytes, tail: Buffer.from(text.tail, "base64") };
}
