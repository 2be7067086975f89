/** What happens to keys, by the letter that a client names it with and the word that it is told with. */
const EVENTS = { g: "get", p: "put", v: "view", w: "wait" } as const;

/** Something that happens to a key. */
export type KvsEvent = (typeof EVENTS)[keyof typeof EVENTS];

/** Stands for every key. */
const ANY = "";

/** Who wants to hear of what: monitor keys, by the key and the event that they are put something for. */
export class Monitors {
  readonly #monitorKeys = new Set<string>();
  readonly #byKey = new Map<string, Map<string, ReadonlySet<KvsEvent>>>();
  #pairs = 0;

  /** Monitor keys, or pairs of one and a key that it monitors, whichever are more. */
  get size(): number {
    return Math.max(this.#pairs, this.#monitorKeys.size);
  }

  /**
   * Has a monitor key hear of these events of a key, and of no others.
   *
   * @param key the empty one for all keys.
   */
  set(monitorKey: string, key: string, events: ReadonlySet<KvsEvent>): void {
    this.#monitorKeys.add(monitorKey);
    const wanted = this.#byKey.get(key) ?? new Map<string, ReadonlySet<KvsEvent>>();
    this.#pairs -= wanted.size;
    if (events.size > 0) wanted.set(monitorKey, events);
    else wanted.delete(monitorKey);
    this.#pairs += wanted.size;
    if (wanted.size > 0) this.#byKey.set(key, wanted);
    else this.#byKey.delete(key);
  }

  /** The monitor keys that hear of an event of a key. Nobody hears of what happens to monitor keys. */
  *of(event: KvsEvent, key: string): Iterable<string> {
    if (this.#pairs === 0 || this.#monitorKeys.has(key)) return;
    for (const [monitorKey, events] of this.#byKey.get(ANY) ?? []) if (events.has(event)) yield monitorKey;
    if (key === ANY) return;
    for (const [monitorKey, events] of this.#byKey.get(key) ?? []) if (events.has(event)) yield monitorKey;
  }
}

/** Reads `KEY:EVENTS`; undefined where there is no colon. Letters that name no event mean nothing. */
export function readMonitored(what: string): { readonly key: string; readonly events: Set<KvsEvent> } | undefined {
  const colon = what.lastIndexOf(":");
  if (colon < 0) return undefined;
  const events = new Set<KvsEvent>();
  for (const letter of what.slice(colon + 1)) if (isEventLetter(letter)) events.add(EVENTS[letter]);
  return { key: what.slice(0, colon), events };
}

function isEventLetter(letter: string): letter is keyof typeof EVENTS {
  return Object.hasOwn(EVENTS, letter);
}
