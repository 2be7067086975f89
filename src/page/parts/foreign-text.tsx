import type { JSX } from "preact";
import { harmless, printable } from "../../domain/printable.ts";

/** Text of tasks, hosts and files, with all that would move or hide text made visible. */
export function ForeignText({
  text,
  lines = false,
  class: name,
}: {
  readonly text: string;
  /** Whether lines and tabs stay what they are. */
  readonly lines?: boolean;
  readonly class?: string;
}): JSX.Element {
  return (
    <bdi dir="ltr" class={name === undefined ? "foreign" : `foreign ${name}`}>
      {lines ? harmless(text) : printable(text)}
    </bdi>
  );
}
