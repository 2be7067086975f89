import type { FollowedRun } from "../../domain/watch.ts";
import type { Clock } from "./deadline.ts";
import { EventRing } from "./event-ring.ts";
import { eventText, formatId, readId } from "./event-text.ts";
import { eventsBetween, isOver, isSameEnd, type ToldState } from "./told-state.ts";

/** Changes are told at most so often: milliseconds between two. */
const PAUSE_MS = 250;

/** What is told of a run, once for all who read it. Nobody is told anything, and nothing is computed, while nobody reads. */
export class EventHub {
  readonly #run: Watched;
  readonly #epoch: string;
  readonly #clock: Clock;
  readonly #ring = new EventRing();
  readonly #wakers = new Set<() => void>();
  #told: ToldState;
  #sequence = 0;
  /** What those are told who have all up to a certain event, by that event; for the others it is worked out once. */
  readonly #catchUps = new Map<number, string>();
  #snapshot: { readonly sequence: number; readonly name: string; readonly text: string } | undefined;
  #lastTold = -Infinity;
  #isDue = false;

  /** @param epoch is another one for each server. */
  constructor(run: Watched, epoch: string, clock: Clock) {
    this.#run = run;
    this.#epoch = epoch;
    this.#clock = clock;
    this.#told = this.#now();
    if (isOver(this.#told)) this.#add([{ name: "end", data: { view: this.#told.view } }]);
    run.followed.listen(() => this.#changed());
  }

  /** Number of the newest event. */
  get sequence(): number {
    return this.#sequence;
  }

  get told(): ToldState {
    return this.#told;
  }

  get isOver(): boolean {
    return isOver(this.#told);
  }

  /** Calls back whenever there is something new. @returns ends that. */
  attend(wake: () => void): () => void {
    this.#wakers.add(wake);
    return () => void this.#wakers.delete(wake);
  }

  /**
   * What a connection begins with; then its reader knows all that has been told.
   *
   * @param lastId the last id that the reader has seen, in an earlier connection.
   * @returns undefined when the reader knows all there will ever be.
   */
  begin(lastId: string | undefined): string | undefined {
    // While somebody reads, what is told is new enough.
    if (this.#wakers.size === 0) this.#tell();
    const seen = lastId === undefined ? undefined : readId(lastId, this.#epoch);
    if (this.isOver && seen === this.#sequence) return undefined;
    const missed = seen === undefined ? undefined : this.#ring.after(seen);
    return missed ?? this.#whole(lastId === undefined ? "snapshot" : "resync");
  }

  /** What a reader is told that knows this state, by that event: it gets the newest state, however much has been told meanwhile. */
  catchUp(known: ToldState, sequence: number): string {
    const worked = this.#catchUps.get(sequence);
    if (worked !== undefined) return worked;
    const events = eventsBetween(known, this.#told);
    // A connection that breaks in between goes on from where the reader was: what it has been told so far may be told again.
    const idAt = (at: number): number => (at === events.length - 1 ? this.#sequence : sequence);
    const text = events.map((event, at) => eventText(event, formatId(this.#epoch, idAt(at)))).join("");
    this.#catchUps.set(sequence, text);
    return text;
  }

  #changed(): void {
    if (this.#wakers.size === 0 || this.#isDue) return;
    const rest = this.#lastTold + PAUSE_MS - this.#clock.now();
    if (rest <= 0) return this.#tell();
    this.#isDue = true;
    this.#clock.after(rest, () => {
      this.#isDue = false;
      this.#tell();
    });
  }

  #tell(): void {
    const after = this.#now();
    // Nothing is told behind the end, unless the run is taken up again; that may be over by now, too.
    if (isSameEnd(this.#told, after)) return;
    const events = eventsBetween(this.#told, after);
    if (events.length === 0) return;
    const from = this.#sequence;
    this.#lastTold = this.#clock.now();
    this.#told = after;
    this.#catchUps.clear();
    this.#catchUps.set(from, this.#add(events));
    for (const wake of this.#wakers) wake();
  }

  #add(events: ReturnType<typeof eventsBetween>): string {
    const texts = events.map((event) => eventText(event, formatId(this.#epoch, ++this.#sequence)));
    for (const text of texts) this.#ring.add(text);
    return texts.join("");
  }

  #whole(name: "snapshot" | "resync"): string {
    const kept = this.#snapshot;
    if (kept?.sequence === this.#sequence && kept.name === name) return kept.text;
    const { view, link, warnings } = this.#told;
    // The end is told behind it, with the last id there will be.
    const sequence = this.isOver ? this.#sequence - 1 : this.#sequence;
    const id = formatId(this.#epoch, sequence);
    const said = warnings.map((text) => eventText({ name: "warning", data: { text } }, id));
    const end = this.isOver ? (this.#ring.after(sequence) ?? "") : "";
    const text = eventText({ name, data: { view, link } }, id) + said.join("") + end;
    this.#snapshot = { sequence: this.#sequence, name, text };
    return text;
  }

  #now(): ToldState {
    const { followed, warnings } = this.#run;
    const { view, link } = followed;
    return { view, link, warnings: [...warnings] };
  }
}

/** What a hub follows. */
export interface Watched {
  readonly followed: Pick<FollowedRun, "view" | "link" | "listen">;
  readonly warnings: readonly string[];
}
