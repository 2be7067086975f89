import type { RunEvent } from "./told-state.ts";

/** How long a reader waits until it calls again, in milliseconds. */
const RETRY_MS = 2000;

/** What a connection begins with. */
export const PREAMBLE = `retry: ${RETRY_MS}\n\n`;

/** Says that the connection is there, and nothing else. */
export const HEARTBEAT = ": still here\n\n";

/** An event as it is sent. JSON has no line feeds, so that the data is one line. */
export function eventText({ name, data }: RunEvent, id: string): string {
  return `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Ids are `EPOCH-SEQUENCE`: another epoch is that of another server. */
export function formatId(epoch: string, sequence: number): string {
  return `${epoch}-${sequence}`;
}

/** The sequence of an id of this epoch; undefined when it is none. */
export function readId(id: string, epoch: string): number | undefined {
  const [, ofEpoch, digits = ""] = /^([0-9a-z]{1,32})-(\d{1,15})$/.exec(id) ?? [];
  return ofEpoch === epoch ? Number(digits) : undefined;
}
