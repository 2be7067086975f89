import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { coresWithin } from "../../../../src/node/machine/cores.ts";
import { readCpuList } from "../../../../src/node/machine/cpu-list.ts";
import { pretendedFiles } from "./pretended-files.ts";

/** Two nodes of two cores of two threads each, numbered as most machines do: first threads first, nodes in turn. */
const TWO_NODES = pretendedFiles({
  "/sys/devices/system/node/node0/cpulist": "0,2,4,6\n",
  "/sys/devices/system/node/node1/cpulist": "1,3,5,7\n",
  "/sys/devices/system/node/possible": "0-1\n",
  ...Object.fromEntries(
    Array.from({ length: 8 }, (_, cpu) => [
      `/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`,
      `${cpu % 4},${(cpu % 4) + 4}\n`,
    ]),
  ),
});

function cpusOf(affinity: string, count: number, files = TWO_NODES) {
  return coresWithin(affinity, count, files)?.map(({ cpus }) => cpus);
}

describe("cores are", () => {
  test("whole ones with all of their threads, those of a node together", () => {
    expect(cpusOf("0-7", 4)).toEqual([
      [0, 4],
      [2, 6],
      [1, 5],
      [3, 7],
    ]);
  });

  test("single threads where there are too few whole ones", () => {
    expect(cpusOf("0-7", 5)).toEqual([[0], [2], [4], [6], [1]]);
  });

  test("made only of processors that may be used", () => {
    expect(cpusOf("1-2,6", 2)).toEqual([[2, 6], [1]]);
  });

  test("unknown where there are fewer processors than cores, or nobody knows which there are", () => {
    expect([cpusOf("0-3", 5), cpusOf("", 1)]).toEqual([undefined, undefined]);
  });

  test("one for each processor where the system says nothing of threads and nodes", () => {
    expect(cpusOf("3-4", 2, pretendedFiles({}))).toEqual([[3], [4]]);
  });
});

describe("a list of processors", () => {
  test("is read as the system writes it", () => {
    expect(readCpuList("0-2,8,10-11\n")).toEqual([0, 1, 2, 8, 10, 11]);
  });

  test.each(["", "x", "3-", "0-99999999999", "1,,2"])("is no list: %j", (text) => {
    expect(readCpuList(text)).toEqual([]);
  });

  test("is in order and has nothing twice, whatever is written", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(99), fc.nat(99)), { minLength: 1 }), (ranges) => {
        const cpus = readCpuList(ranges.map(([from, more]) => `${from}-${from + more}`).join(","));
        expect(cpus).toEqual([...new Set(cpus)].toSorted((a, b) => a - b));
        expect(ranges.every(([from, more]) => cpus.includes(from) && cpus.includes(from + more))).toBe(true);
      }),
    );
  });
});
