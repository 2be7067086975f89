import * as v from "valibot";
import type { Invitation } from "../domain/launcher.ts";
import { areSound } from "./sound-credentials.ts";

const Port = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535));

/** Where addresses and a certificate are written down, and read again. */
export const InvitationSchema = v.object({
  addresses: v.pipe(v.array(v.object({ host: v.string(), port: Port })), v.readonly()),
  credentials: v.object({ authority: v.string(), certificate: v.string(), key: v.string() }),
  noForwarding: v.exactOptional(v.literal(true)),
});

/** Raised when a contact file changes its meaning. */
const VERSION = 1;

/** Written by one process and read by another, later: it may have been damaged meanwhile. */
const KeptInvitationSchema = v.pipe(
  InvitationSchema,
  v.check(({ credentials }) => areSound(credentials)),
);

const ContactSchema = v.object({
  version: v.literal(VERSION),
  /** Host name of the driver: the first of the addresses is good there alone. */
  host: v.string(),
  here: KeptInvitationSchema,
  elsewhere: v.optional(KeptInvitationSchema),
});

/** How a run is found by those who want to add engines to it, or take them away. Secret: it lets them in. */
export interface Contact {
  /** Host name of the driver. */
  readonly host: string;
  /** For callers on that host. */
  readonly here: Invitation;
  /** For callers on other hosts; missing while the driver does not listen to them. */
  readonly elsewhere?: Invitation | undefined;
}

export function formatContact({ host, here, elsewhere }: Contact): string {
  return `${JSON.stringify({ version: VERSION, host, here, elsewhere })}\n`;
}

/** @throws Error when the text is no contact of this version. */
export function parseContact(text: string): Contact {
  const { host, here, elsewhere } = v.parse(ContactSchema, JSON.parse(text));
  return { host, here, elsewhere };
}
