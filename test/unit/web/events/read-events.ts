/** An event as a reader sees it. */
export interface ReadEvent {
  readonly id: string;
  readonly name: string;
  readonly data: unknown;
}

/** Reads events as a browser does, so many at most, and then hangs up. Comments are left out. */
export async function* readEvents(answer: Response, most: number): AsyncGenerator<ReadEvent> {
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  let count = 0;
  try {
    for (;;) {
      const { value, done } = (await reader?.read()) ?? { value: undefined, done: true };
      if (done) return;
      text += value;
      for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n")) {
        const event = parseEvent(text.slice(0, end));
        text = text.slice(end + 2);
        if (event === undefined) continue;
        yield event;
        if (++count === most) return;
      }
    }
  } finally {
    await reader?.cancel();
  }
}

/** The event that a block of lines tells; undefined for a comment, and what else tells none. */
export function parseEvent(block: string): ReadEvent | undefined {
  const fields = new Map(
    block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
  );
  const [id, name, data] = [fields.get("id"), fields.get("event"), fields.get("data")];
  return id === undefined || name === undefined || data === undefined
    ? undefined
    : { id, name, data: JSON.parse(data) };
}
