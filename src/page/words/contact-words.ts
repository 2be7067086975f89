import { printable } from "../../domain/printable.ts";
import { type LiveRun } from "../api/live-run.ts";
import { formatShare } from "./numbers.ts";
import type { Tone } from "./states.ts";
import { formatAge } from "./times.ts";

/** Whether what is shown is how it stands, in a few words: `live`, `contact lost for 12 s`. `more`: what is to be known of it. */
export function contactWords(
  { contact, link }: Pick<LiveRun, "contact" | "link">,
  at: number,
): { readonly text: string; readonly tone: Tone; readonly more?: string } {
  if (link.state === "over")
    return { text: "over", tone: "past", more: "The run has ended; this is from its records." };
  if (contact.state === "lost") {
    const text = `contact lost for ${formatAge((at - contact.since) / 1000)}`;
    return {
      text,
      tone: "bad",
      more: "The server of this page does not answer; what is shown is old. It is tried again.",
    };
  }
  if (contact.state === "refused") {
    const { status, message } = contact.problem;
    return { text: status === 401 ? "not let in any more" : "not served any more", tone: "bad", more: message };
  }
  if (link.state === "lost") {
    const text = link.hasDied ? "the driver has died" : `no answer for ${formatAge(at / 1000 - link.since)}`;
    const more = `${printable(link.why)}. What is shown is old${link.hasDied ? "; somebody has to recover the run" : ""}.`;
    return { text, tone: "bad", more };
  }
  if (link.state === "reading") {
    const text = `reading its records, ${formatShare(link.share, 1)}`;
    return { text, tone: "calm", more: "The run has ended; what is shown is what has been read of its records." };
  }
  return { text: "live", tone: "good" };
}
