import { expect, test } from "vitest";
import { textValue } from "../../../src/kvs/key-values.ts";
import { readMonitored } from "../../../src/kvs/monitors.ts";
import { KvsStore, type Waiter } from "../../../src/kvs/store.ts";

const LIMITS = { valuesOfKey: 3, keys: 2, monitors: 2 };

function newStore() {
  const lost: string[] = [];
  const store = new KvsStore(LIMITS, (monitorKey) => lost.push(monitorKey));
  const answers: string[] = [];
  return {
    store,
    lost,
    answers,
    put: (key: string, text: string) => store.put(key, textValue(text)),
    ask: (type: Waiter["type"], key: string, name = ""): Waiter => {
      const waiter: Waiter = {
        type,
        key,
        answer: ({ bytes }) => answers.push(`${name}${Buffer.from(bytes).toString()}`),
      };
      store.ask(waiter);
      return waiter;
    },
    monitor: (monitorKey: string, what: string) => {
      const { key, events } = readMonitored(what) ?? { key: "", events: new Set<never>() };
      store.monitor(monitorKey, key, events);
    },
  };
}

test("get takes the oldest value, view gives the newest and leaves it", () => {
  const { put, ask, answers } = newStore();
  for (const text of ["one", "two", "three"]) put("k", text);
  for (const type of ["view", "get", "view", "get", "get"] as const) ask(type, "k");
  expect(answers).toEqual(["three", "one", "three", "two", "three"]);
});

test("a value goes to every view in the line, up to and including the first get", () => {
  const { put, ask, answers, store } = newStore();
  const line = ["view", "view", "get", "view", "get"] as const;
  for (const [index, type] of line.entries()) ask(type, "k", `${index}:`);
  put("k", "a");
  expect(answers).toEqual(["0:a", "1:a", "2:a"]);
  put("k", "b");
  expect(answers.slice(3)).toEqual(["3:b", "4:b"]);
  put("k", "c");
  expect(store.contents().keys).toMatchObject([{ key: "k", values: 1 }]);
});

test("who waits no more is passed over", () => {
  const { put, ask, answers, store } = newStore();
  const first = ask("get", "k", "first:");
  ask("get", "k", "second:");
  store.forget(first);
  put("k", "a");
  expect(answers).toEqual(["second:a"]);
});

test("what is kept is counted in bytes, and forgotten when it is taken", () => {
  const { put, ask, store } = newStore();
  put("k", "12345");
  expect(store.bytes).toBeGreaterThan(5);
  ask("view", "k");
  expect(store.bytes).toBeGreaterThan(5);
  ask("get", "k");
  expect(store.bytes).toBe(0);
});

test("limits are told, and hold for nothing that is taken at once", () => {
  const { put, ask, store, monitor } = newStore();
  for (const key of ["a", "b"]) put(key, "x");
  expect(store.putRefusal("c")).toBe("there are 2 keys already");
  ask("view", "c");
  expect(store.putRefusal("c")).toBe("there are 2 keys already");
  ask("get", "c");
  expect(store.putRefusal("c")).toBeUndefined();
  for (let n = 0; n < 2; n++) put("a", "x");
  expect(store.putRefusal("a")).toBe("a key has 3 values already");
  expect(store.putRefusal("b")).toBeUndefined();
  for (const key of ["m", "n"]) monitor(key, ":g");
  expect(store.monitorRefusal()).toBe("there are 2 monitors already");
});

test("monitor keys are told of the events that they want, as Python writes them, and of nothing on monitor keys", () => {
  const { put, ask, answers, monitor } = newStore();
  monitor("m", "it's:gpvw");
  ask("get", "it's");
  put("it's", "x");
  put("other", "x");
  for (let n = 0; n < 3; n++) ask("get", "m");
  expect(answers).toEqual(["x", `(b'get', b"it's")`, `(b'wait', b"it's")`, `(b'put', b"it's")`]);
});

test("events that are not listed are switched off for that pair, and for no other", () => {
  const { put, store, monitor } = newStore();
  monitor("m", ":p");
  monitor("m", "k:gp");
  monitor("m", ":g");
  put("k", "x");
  expect(store.contents().keys).toMatchObject([{ key: "k" }, { key: "m", values: 1 }]);
});

test("a full monitor key hears of no more, and nobody else notices", () => {
  const { put, ask, store, monitor, lost } = newStore();
  monitor("m", ":gp");
  for (let n = 0; n < 3; n++) {
    put("k", "x");
    ask("get", "k");
  }
  expect(store.contents().keys).toMatchObject([{ key: "m", values: 3 }]);
  expect(lost).toEqual(["m", "m", "m"]);
});

test("what has been done is counted", () => {
  const { put, ask, store } = newStore();
  ask("get", "k");
  ask("view", "w");
  put("k", "x");
  put("k", "y");
  ask("view", "k");
  expect(store.contents()).toMatchObject({
    counts: { gets: 1, puts: 2, views: 1, waits: 2, served: 1 },
    waiting: [{ key: "w", waiters: 1 }],
    keys: [{ key: "k", values: 1 }],
  });
});

test("a text without a colon is nothing to monitor, and the last colon counts", () => {
  expect(readMonitored("key")).toBeUndefined();
  expect(readMonitored("a:b:pz")).toEqual({ key: "a:b", events: new Set(["put"]) });
});
