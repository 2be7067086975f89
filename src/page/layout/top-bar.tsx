import type { JSX } from "preact";
import { printable } from "../../domain/printable.ts";
import type { LiveRun } from "../api/live-run.ts";
import { RUNS_LIST } from "../state/route.ts";
import { useNow } from "../state/use-now.ts";
import { contactWords } from "../words/contact-words.ts";
import type { Tone } from "../words/states.ts";

/** Signs of a contact; all others are trouble. */
const SIGNS: Partial<Record<Tone, string>> = { good: "●", past: "○", calm: "◔" };

/** Where one is, and whether it is up to date. */
export function TopBar({
  run,
  id,
}: {
  readonly run: LiveRun | undefined;
  readonly id: string | undefined;
}): JSX.Element {
  return (
    <div class="top-bar">
      <nav aria-label="Way here" class="crumbs">
        <a href={RUNS_LIST} class="brand">
          disbatch
        </a>
        {id !== undefined && (
          <>
            <span aria-hidden="true">/</span>
            <a href={`/runs/${id}`} class="crumb">
              {printable(run?.name ?? id)}
            </a>
          </>
        )}
      </nav>
      {run !== undefined && <Contact run={run} />}
    </div>
  );
}

function Contact({ run }: { readonly run: LiveRun }): JSX.Element {
  const now = useNow(run.contact.state === "lost" || run.link.state === "lost");
  const { text, tone, more } = contactWords(run, now);
  return (
    <span class={`contact tone-${tone}`} title={more} role="status">
      <span aria-hidden="true">{SIGNS[tone] ?? "✗"}</span> {text}
    </span>
  );
}
