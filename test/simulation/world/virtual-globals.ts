import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { VirtualTimer } from "./virtual-timer.ts";
import type { World } from "./world.ts";

/** When simulated worlds begin, by the calendar: 2030-01-01, in milliseconds. */
const EPOCH = Date.UTC(2030, 0, 1);

type Callback = (...args: unknown[]) => void;

/**
 * Replaces the runtime's timers, clocks and chance by those of the world. Code that runs in no simulated process
 * (such as a test runner's) goes on with the real ones.
 *
 * @returns puts back what was there.
 */
export function enterWorld(world: World): () => void {
  const real = { setTimeout, setInterval, clearTimeout, clearInterval };
  const realDate = Date.now;
  const realRandom = Math.random;
  const realNow = performance.now.bind(performance);
  const realUuid = crypto.randomUUID;

  const timer = (fallback: Callback, repeats: boolean): Callback =>
    function set(callback, delay, ...args) {
      if (world.current === undefined) return Reflect.apply(fallback, globalThis, [callback, delay, ...args]);
      const milliseconds = typeof delay === "number" ? delay : undefined;
      return new VirtualTimer(world, milliseconds, repeats, () => {
        if (typeof callback === "function") Reflect.apply(callback, undefined, args);
      });
    };
  const clear = (fallback: Callback): Callback =>
    function unset(handle) {
      if (handle instanceof VirtualTimer) handle.clear();
      else Reflect.apply(fallback, globalThis, [handle]);
    };

  Object.assign(globalThis, {
    setTimeout: timer(asCallback(real.setTimeout), false),
    setInterval: timer(asCallback(real.setInterval), true),
    clearTimeout: clear(asCallback(real.clearTimeout)),
    clearInterval: clear(asCallback(real.clearInterval)),
  });
  Date.now = () =>
    world.current === undefined
      ? Reflect.apply(realDate, Date, [])
      : Math.floor(EPOCH + world.now + world.current.host.calendarOffset);
  Math.random = () => (world.current === undefined ? Reflect.apply(realRandom, Math, []) : world.random.next());
  performance.now = () =>
    world.current === undefined ? realNow() : world.now - world.current.host.bootedAt - world.current.host.asleep;
  let ids = 0;
  crypto.randomUUID = () => `00000000-0000-4000-8000-${String(ids++).padStart(12, "0")}`;
  syncBuiltinESMExports();

  return () => {
    crypto.randomUUID = realUuid;
    syncBuiltinESMExports();
    Object.assign(globalThis, real);
    Date.now = realDate;
    Math.random = realRandom;
    // The one it has inherited is there again.
    Reflect.deleteProperty(performance, "now");
  };
}

/** The runtime's timer functions have many faces; here only their arguments are handed on. */
function asCallback(timer: unknown): Callback {
  if (typeof timer !== "function") throw new Error("the runtime has no timers");
  return (...args) => Reflect.apply(timer, globalThis, args);
}
