/** Who looks at a page: pages hear of a run in a stream of events, and programs ask now and then. */
export class Presence {
  readonly #now: () => number;
  #readers = 0;
  #lastReader: number | undefined;
  #lastAsked: number | undefined;

  /** @param now in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  get readers(): number {
    return this.#readers;
  }

  get lastReader(): number | undefined {
    return this.#lastReader;
  }

  get lastAsked(): number | undefined {
    return this.#lastAsked;
  }

  /** Has a request answered, and takes note of it. */
  async answer(request: Request, answer: (request: Request) => Response | Promise<Response>): Promise<Response> {
    this.#lastAsked = this.#now();
    const response = await answer(request);
    if (response.body === null || response.headers.get("content-type")?.startsWith("text/event-stream") !== true) {
      return response;
    }
    return new Response(this.#counted(response.body), response);
  }

  /** The same stream, counted for as long as somebody reads it. */
  #counted(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    const reader = body.getReader();
    this.#readers++;
    let isOpen = true;
    const gone = (): void => {
      if (!isOpen) return;
      isOpen = false;
      this.#readers--;
      this.#lastReader = this.#now();
    };
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        try {
          const { done, value } = await reader.read();
          if (!done) return controller.enqueue(value);
          gone();
          controller.close();
        } catch (error) {
          gone();
          controller.error(error);
        }
      },
      cancel: async (reason) => {
        gone();
        await reader.cancel(reason);
      },
    });
  }
}
