import * as v from "valibot";
import { type LeaseTerms, ON_DRIVER_LOST } from "../domain/lease.ts";
import { Seconds } from "./messages.ts";

/** The terms of a lease, as entries of whatever they are passed on in. */
export const LeaseTermsEntries = {
  lease: v.pipe(Seconds, v.gtValue(0)),
  onDriverLost: v.picklist(ON_DRIVER_LOST),
  drainTimeout: v.exactOptional(v.pipe(Seconds, v.minValue(0))),
};

/** These terms alone, out of whatever holds them. */
export function leaseTermsOf({
  lease,
  onDriverLost,
  drainTimeout,
}: Omit<LeaseTerms, "drainTimeout"> & { readonly drainTimeout?: number | undefined }): LeaseTerms {
  return { lease, onDriverLost, ...(drainTimeout === undefined ? {} : { drainTimeout }) };
}
