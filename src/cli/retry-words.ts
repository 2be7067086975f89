import { UserError } from "../domain/errors.ts";
import type { RunSettings } from "../run/settings.ts";
import type { WorkflowRequest } from "../run/workflow/workflow-request.ts";
import { type WorkflowOptions, workflowRequest } from "./workflow-options.ts";

/** The command that runs again what has failed of a document. */
export const RETRY = "retry";

/** What only `retry` has to say, beside the options of a run. */
export interface RetryOptions {
  readonly only: boolean;
}

/**
 * What a command line of `retry` wants of the document, whose path and parameters the run knows.
 *
 * @param operands the run, and instances of it.
 * @throws UserError `not-for-documents`.
 */
export function retryRequest(
  [, ...instances]: readonly string[],
  options: WorkflowOptions & RetryOptions & Partial<Pick<RunSettings, "prefix" | "overwrite">>,
): WorkflowRequest {
  const { prefix, overwrite, only, ...others } = options;
  if (prefix !== undefined) throw new UserError("not-for-documents", "retry names its run as PREFIX, and takes no -p");
  if (overwrite === true) {
    throw new UserError("not-for-documents", "--overwrite begins anew, and retry goes on: disbatch run --overwrite");
  }
  const request = workflowRequest("", instances, { ...others, from: instances }, only);
  return { ...request, retriesFailed: instances.length === 0 };
}
