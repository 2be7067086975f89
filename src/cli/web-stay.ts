/** What decides whether the page of a run is served any longer. Times are in milliseconds, by one clock. */
export interface WebPresence {
  /** The run answers. One that is lost counts as over until it answers again. */
  readonly goesOn: boolean;
  /** Pages that hear of the run now. */
  readonly readers: number;
  /** When the last of them went; undefined when there has been none. */
  readonly lastReader: number | undefined;
  /** When a page has asked for something; undefined when none has. */
  readonly lastPage: number | undefined;
  /** When somebody has asked for something; undefined when nobody has. */
  readonly lastAsked: number | undefined;
  /** When the page was begun in place of one that has died; undefined when it is the first. */
  readonly begunAgain: number | undefined;
  /** When the run has come to its end; undefined while it goes on. */
  readonly overSince: number | undefined;
  readonly now: number;
}

/** A browser that has lost its connection comes back within this time. */
const COMES_BACK_MS = 10_000;
/** A page that finds no server tries again within 15 s, and finds one that was begun in its place within this time. */
const FINDS_AGAIN_MS = 20_000;
/** A page in a tab that nobody sees asks within this time: browsers let it do so once a minute. */
const UNSEEN_MS = 90_000;
/** Whoever looks at a page asks for something within this time. */
const LOOKING_MS = 10 * 60_000;
/** Nobody is served for longer than this once the run is over. */
const LONGEST_MS = 60 * 60_000;

/**
 * Whether a page that a run has begun is still served: while the run goes on; and when it is over, for as long as somebody looks at
 * the page who has looked at it before. Nothing stays where nobody looks. Who has looked at a page that has died is not known, and
 * has time to come back.
 */
export function staysServed(presence: WebPresence): boolean {
  const {
    goesOn,
    readers,
    lastReader = -Infinity,
    lastPage = -Infinity,
    lastAsked = -Infinity,
    begunAgain = -Infinity,
    overSince,
    now,
  } = presence;
  if (goesOn || overSince === undefined) return true;
  if (now - overSince >= LONGEST_MS) return false;
  if (readers > 0 || now - begunAgain < FINDS_AGAIN_MS) return true;
  const hasLooked = lastReader >= overSince - COMES_BACK_MS || lastPage >= overSince - UNSEEN_MS;
  return hasLooked && now - Math.max(lastReader, lastPage, lastAsked) < LOOKING_MS;
}
