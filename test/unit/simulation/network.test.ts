import type { Duplex } from "node:stream";
import { describe, expect, test } from "vitest";
import type { SimulatedProcess } from "../../simulation/world/process.ts";
import { TestWorld } from "./in-world.ts";

const PORT = 1;

/** A listener and a caller on hosts of their own; what they hear is noted. */
class Call extends TestWorld {
  readonly listener: SimulatedProcess = this.addProcess("listener");
  readonly caller: SimulatedProcess = this.addProcess("caller");
  /** The caller's end, and the listener's. */
  near: Duplex | undefined;
  far: Duplex | undefined;

  constructor(seed?: number) {
    super(seed);
    this.at(0, this.listener, () => {
      this.network.listen(PORT, (socket, role) => {
        this.far = socket;
        this.note(`a caller as ${role}`);
        this.#listen(socket, "listener");
      });
    });
  }

  /** The caller calls at this time. */
  call(at: number, signal?: AbortSignal): void {
    this.at(at, this.caller, () => void this.#call(signal));
  }

  /** The caller says something at this time. */
  say(at: number, text: string): void {
    this.at(at, this.caller, () => void this.near?.write(text));
  }

  async #call(signal: AbortSignal | undefined): Promise<void> {
    const given = signal === undefined ? {} : { signal };
    try {
      this.near = await this.network.dial({ host: this.listener.host, port: PORT, role: "engine", ...given });
      this.note("connected");
      this.#listen(this.near, "caller");
    } catch (error) {
      this.note(`refused: ${error instanceof Error ? error.message : "?"}`);
    }
  }

  #listen(socket: Duplex, who: string): void {
    socket.on("data", (chunk: Buffer) => this.note(`${who} hears ${chunk.toString()}`));
    socket.on("error", (error) => this.note(`${who}: ${error.message}`));
    socket.on("end", () => socket.end());
    socket.on("close", () => this.note(`${who}'s end is closed`));
  }

  /** What was noted, without the times. */
  get words(): string[] {
    return this.log.map((line) => line.replace(/^\d+ /, ""));
  }
}

describe("a connection", () => {
  test("stands when both sides have shown who they are", async () => {
    const call = new Call();
    call.call(10);
    await call.run(1_000);
    expect(call.words).toEqual(["connected", "a caller as engine"]);
    expect(call.network.open).toBe(1);
  });

  test("brings everything in order, cut and joined anew", async () => {
    const call = new Call(7);
    call.call(0);
    const text = Array.from({ length: 500 }, (_, i) => `${i},`);
    for (const [i, part] of text.entries()) call.say(100 + i / 4, part);
    await call.run(1_000);
    const heard = call.words.filter((word) => word.startsWith("listener hears")).map((word) => word.slice(15));
    expect(heard.join("")).toBe(text.join(""));
    expect(heard).not.toEqual(text);
  });

  test("that one side ends is closed on both", async () => {
    const call = new Call();
    call.call(0);
    call.at(100, call.caller, () => void call.near?.end("bye"));
    await call.run();
    expect(call.words.slice(2)).toEqual(["listener hears bye", "listener's end is closed", "caller's end is closed"]);
    expect(call.network.open).toBe(0);
  });

  test("is closed by the system when its process is killed, and what had been sent arrives", async () => {
    const call = new Call();
    call.call(0);
    call.say(100, "last words");
    call.befall(100.5, () => call.mishaps.kill(call.caller));
    await call.run();
    expect(call.words[2]).toBe("listener hears last words");
    expect(call.words.at(-1)).toBe("listener's end is closed");
    expect(call.network.open).toBe(0);
  });

  test("with a process that is gone is reset when something is sent", async () => {
    const call = new Call();
    call.call(0);
    call.befall(50, () => call.mishaps.crash(call.listener.host));
    call.befall(60, () => call.mishaps.boot(call.listener.host));
    call.say(100, "hello?");
    await call.run();
    expect(call.words.slice(2)).toEqual(["caller: ECONNRESET", "caller's end is closed"]);
  });

  test("with a host that has crashed is silent for long, and then given up", async () => {
    const call = new Call();
    call.call(0);
    call.befall(50, () => call.mishaps.crash(call.listener.host));
    call.say(100, "hello?");
    await call.run(100_000);
    expect(call.words.slice(2)).toEqual([]);
    await call.run();
    expect(call.words.slice(2)).toEqual(["caller: ETIMEDOUT", "caller's end is closed"]);
  });

  test("keeps what is sent to a host that is cut off until that is mended", async () => {
    const call = new Call();
    call.call(0);
    call.befall(50, () => call.mishaps.cut(call.caller.host));
    call.say(100, "one ");
    call.say(200, "two");
    call.befall(5_000, () => call.mishaps.mend(call.caller.host));
    await call.run(4_999);
    expect(call.words.slice(2)).toEqual([]);
    await call.run(60_000);
    expect(call.words.slice(2).join("").replaceAll("listener hears ", "")).toBe("one two");
  });

  test("brings a frozen process everything when it thaws", async () => {
    const call = new Call();
    call.call(0);
    call.befall(50, () => call.mishaps.freeze(call.listener.host, false));
    call.say(100, "wake up");
    call.befall(5_000, () => call.mishaps.thaw(call.listener.host));
    await call.run(4_999);
    expect(call.words.slice(2)).toEqual([]);
    await call.run(6_000);
    expect(call.words.slice(2)).toEqual(["listener hears wake up"]);
  });

  test("may break in the middle", async () => {
    const call = new Call();
    call.call(0);
    call.befall(50, () => call.network.breakLinks(() => true));
    await call.run();
    expect(call.words.slice(2).toSorted()).toEqual([
      "caller's end is closed",
      "caller: ECONNRESET",
      "listener's end is closed",
      "listener: ECONNRESET",
    ]);
  });
});

describe("a call", () => {
  test("to a process that is gone is refused", async () => {
    const call = new Call();
    call.befall(5, () => call.mishaps.kill(call.listener));
    call.call(10);
    await call.run();
    expect(call.words).toEqual(["refused: ECONNREFUSED"]);
  });

  test("to a host that is cut off or down is not answered", async () => {
    for (const mishap of ["cut", "crash"] as const) {
      const call = new Call();
      call.befall(5, () => call.mishaps[mishap](call.listener.host));
      call.call(10);
      await call.run();
      expect(call.log).toEqual(["10010 refused: no answer"]);
    }
  });

  test("to a host that is mended in time gets through", async () => {
    const call = new Call();
    call.befall(5, () => call.mishaps.cut(call.listener.host));
    call.call(10);
    call.befall(1_000, () => call.mishaps.mend(call.listener.host));
    await call.run(9_000);
    expect(call.words).toEqual(["connected", "a caller as engine"]);
  });

  test("to a process that is stopped is not answered, and leaves nothing behind when that goes on", async () => {
    const call = new Call();
    call.befall(5, () => call.mishaps.stop(call.listener));
    call.call(10);
    call.befall(20_000, () => call.mishaps.resume(call.listener));
    await call.run();
    expect(call.words).toEqual(["refused: no answer"]);
    expect(call.network.open).toBe(0);
  });

  test("can be called off", async () => {
    const call = new Call();
    const control = new AbortController();
    call.call(10, control.signal);
    call.at(10.5, call.caller, () => control.abort());
    await call.run();
    expect(call.words).toEqual(["refused: called off"]);
    expect(call.network.open).toBe(0);
  });
});
