import type { JSX } from "preact";

/** The button that shows a picture as a table, and back. */
export function AsTable({
  isTable,
  what,
  change,
}: {
  readonly isTable: boolean;
  /** The picture. */
  readonly what: string;
  readonly change: (isTable: boolean) => void;
}): JSX.Element {
  return (
    <button
      type="button"
      class="small"
      aria-pressed={isTable}
      aria-label={`As table: ${what}`}
      onClick={() => change(!isTable)}
    >
      As table
    </button>
  );
}
