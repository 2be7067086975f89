import * as v from "valibot";
import { LOG_FORMATS, LOG_LEVELS } from "../domain/log.ts";

/** The style of an engine's log, as entries of whatever it is passed on in. */
export const LogStyleEntries = {
  logLevel: v.picklist(LOG_LEVELS),
  logFormat: v.picklist(LOG_FORMATS),
};
