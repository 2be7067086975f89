import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as after } from "node:timers/promises";

import { encodeRequest } from "../../src/kvs/requests.ts";
import { textValue } from "../../src/kvs/key-values.ts";
import { MEGABYTE } from "../memory.ts";
import { cpuSeconds, memory } from "../proc.ts";
import type { Row } from "../row.ts";
import { type Artifact, BINARY, BUNDLE } from "../subjects.ts";
import { figure } from "../statistics.ts";

const GETTERS = 1000;

/** What an artifact's server comes to. */
interface Measured {
  /** Pairs of put and get in a second, for each repetition. */
  readonly rates: readonly number[];
  /** Processor seconds of so many getters that wait, and what they cost in bytes. */
  readonly processor: number;
  readonly bytes: number;
}

export const kvs: Row = {
  name: "kvs",
  title: "the key-value server: put and get on one pair of connections, pipelined; 1,000 getters that wait",
  measure: async ({ quick, note }) => {
    const measured: Array<readonly [Artifact, Measured]> = [];
    for (const artifact of [BINARY, BUNDLE]) measured.push([artifact, await measure(artifact, quick, note)]);
    const seconds = quick ? 2 : 10;
    return {
      figures: [],
      goals: measured.flatMap(([{ name }, { rates, processor, bytes }]) => [
        { ...figure(`${name}: pairs`, "/s", [...rates]), atLeast: 20_000 },
        { what: `${name}: processor in ${seconds} s of waiting`, value: processor, unit: "s", atMost: 0.02 },
        { what: `${name}: memory of the getters`, value: bytes / MEGABYTE, unit: "MB", atMost: 20 },
      ]),
    };
  },
};

async function measure({ name, argv }: Artifact, quick: boolean, note: (text: string) => void): Promise<Measured> {
  const [program, ...args] = argv;
  const server = spawn(program, [...args, "kvs", "serve"], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [printed]: unknown[] = await once(server.stdout, "data");
    const port = Number(/:(\d+)\s*$/.exec(String(printed))?.[1]);
    const pid = server.pid ?? 0;
    // One request first, so that all that is loaded late is there.
    await pairs(port, 1);
    note(`${name}: ${GETTERS} getters`);
    const before = memory(pid, "VmRSS") ?? Number.NaN;
    const getters = await Promise.all(Array.from({ length: GETTERS }, () => connected(port)));
    for (const [index, getter] of getters.entries()) send(getter, "get", `key ${index}`);
    await after(2_000);
    const began = cpuSeconds(pid) ?? Number.NaN;
    await after(quick ? 2_000 : 10_000);
    const processor = (cpuSeconds(pid) ?? Number.NaN) - began;
    const bytes = (memory(pid, "VmRSS") ?? Number.NaN) - before;
    for (const getter of getters) getter.destroy();
    note(`${name}: pairs`);
    const rates: number[] = [];
    for (let repetition = 0; repetition < (quick ? 1 : 5); repetition++)
      rates.push(await pairs(port, quick ? 20_000 : 100_000));
    return { rates, processor, bytes };
  } finally {
    server.kill();
    await once(server, "exit");
  }
}

/** Puts on one connection and gets on another, all at once. @returns pairs in a second. */
async function pairs(port: number, count: number): Promise<number> {
  const [putter, getter] = [await connected(port), await connected(port)];
  const value = textValue("a result of some forty bytes, as usual..");
  const put = Buffer.concat(encodeRequest({ type: "put", key: "key", value }));
  const get = Buffer.concat(encodeRequest({ type: "get", key: "key" }));
  const bytesOfAnswer = 4 + 10 + value.bytes.length;
  let bytes = 0;
  let asked = 0;
  const began = performance.now();
  // A connection waits for one value: what is there already can be asked for ahead.
  await new Promise<void>((resolve) => {
    putter.write(Buffer.concat(Array.from({ length: count }, () => put)));
    const ask = () => {
      const ahead = Math.min(count - asked, AHEAD);
      asked += ahead;
      getter.write(Buffer.concat(Array.from({ length: ahead }, () => get)));
    };
    putter.write("view         3key");
    putter.once("data", () => {
      ask();
      getter.on("data", (piece: Buffer) => {
        bytes += piece.length;
        if (bytes === count * bytesOfAnswer) resolve();
        else if (bytes === asked * bytesOfAnswer) ask();
      });
    });
  });
  const rate = count / ((performance.now() - began) / 1000);
  for (const socket of [putter, getter]) socket.destroy();
  return rate;
}

/** Gets that are sent before the first is answered. */
const AHEAD = 1000;

function send(socket: Socket, type: "get" | "view", key: string): void {
  for (const part of encodeRequest({ type, key })) socket.write(part);
}

async function connected(port: number): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  await once(socket, "connect");
  return socket;
}
