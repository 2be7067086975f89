import type { Pictures } from "./web-context.ts";

/** Pictures as the records make them. */
export const PICTURES: Pictures = {
  series: nothing,
  histograms: nothing,
  timeline: nothing,
  taskAt: nothing,
};

function nothing(): never {
  throw new Error("there are no pictures yet");
}
