import type { JSX } from "preact";
import { formatTime, isoTime } from "../words/times.ts";

/** A time by the clock of whoever looks; its tooltip tells it for machines. */
export function Time({ time, now }: { readonly time: number | undefined; readonly now: number }): JSX.Element {
  if (time === undefined) return <span class="dim">-</span>;
  const iso = isoTime(time);
  return (
    <time dateTime={iso} title={iso}>
      {formatTime(time, now)}
    </time>
  );
}
