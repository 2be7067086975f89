import { randomFillSync } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { digestOf } from "../../src/files/digest.ts";
import { MEBIBYTE } from "../memory.ts";
import type { Row } from "../row.ts";
import { timed } from "../run.ts";
import { figure, ratios } from "../statistics.ts";

const KIBIBYTE = 1024;

export const digests: Row = {
  name: "digests",
  title: "digests of one large file, and of many small ones, beside sha256sum on the same files",
  measure: async ({ quick, folder, note }) => {
    const size = (quick ? 8 : 256) * MEBIBYTE;
    const part = 64 * KIBIBYTE;
    const contents = randomFillSync(Buffer.allocUnsafe(size));
    const large = join(folder, "large");
    writeFileSync(large, contents);
    const small = join(folder, "small");
    mkdirSync(small);
    const names = Array.from({ length: size / part }, (_, at) => join(small, String(at)));
    for (const [at, name] of names.entries()) writeFileSync(name, contents.subarray(at * part, (at + 1) * part));
    const sums = `find '${small}' -type f -print0 | xargs -0 sha256sum`;
    const ours: number[] = [];
    const theirs: number[] = [];
    const oursSmall: number[] = [];
    const theirsSmall: number[] = [];
    for (let repetition = 0; repetition < (quick ? 1 : 5); repetition++) {
      note(`repetition ${repetition + 1}`);
      theirs.push(await timed({ argv: ["sha256sum", large] }));
      ours.push(await secondsFor([large]));
      theirsSmall.push(await timed({ argv: ["bash", "-c", sums] }));
      oursSmall.push(await secondsFor(names));
    }
    const rates = (seconds: readonly number[]): number[] => seconds.map((time) => size / MEBIBYTE / time);
    return {
      figures: [
        figure("one large file", "MiB/s", rates(ours)),
        figure("one large file, sha256sum", "MiB/s", rates(theirs)),
        figure("files of 64 KiB", "MiB/s", rates(oursSmall)),
        figure("files of 64 KiB, sha256sum", "MiB/s", rates(theirsSmall)),
      ],
      goals: [
        { ...figure("one large file, ours / sha256sum", "", ratios(rates(ours), rates(theirs))), atLeast: 0.8 },
        {
          ...figure("files of 64 KiB, ours / sha256sum", "", ratios(rates(oursSmall), rates(theirsSmall))),
          atLeast: 0.8,
        },
      ],
    };
  },
};

async function secondsFor(files: readonly string[]): Promise<number> {
  const from = performance.now();
  for (const file of files) await digestOf(file);
  return (performance.now() - from) / 1000;
}
