import type { JSX } from "preact";
import { stateWords } from "../words/states.ts";

/** A state as sign and word, in its colour. */
export function StateBadge({
  state,
  title,
}: {
  readonly state: string;
  readonly title?: string | undefined;
}): JSX.Element {
  const { sign, tone, word } = stateWords(state);
  return (
    <span class={`badge tone-${tone}`} title={title}>
      <span aria-hidden="true">{sign}</span> {word}
    </span>
  );
}
