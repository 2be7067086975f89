import { onTestFinished } from "vitest";
import { formatAddress } from "../../src/kvs/address.ts";
import { KvsServer } from "../../src/kvs/server.ts";

/** A key-value server of the test, which is also the program that makes tasks by it. */
export interface ProgramServer {
  /** `HOST:PORT`. */
  readonly address: string;
  /** Puts text under a key. */
  put(key: string, text: string): void;
  /** Takes the oldest value of a key, as text; waits for it. */
  get(key: string): Promise<string>;
  /** The newest value of a key, as text, and its encoding; waits for it. */
  view(key: string): Promise<{ readonly encoding: string; readonly text: string }>;
  /** Signs in as `testing`. */
  signIn(): void;
  /** Puts lines under the key of tasks, each by itself. */
  submit(...lines: readonly string[]): void;
  /** Says that there are no more. */
  done(): void;
  /** Takes the next result. */
  result(): Promise<{ readonly TaskId: number; readonly ReturnCode: number; readonly OutData: string }>;
  /** Ends. */
  close(): Promise<void>;
}

/** Opens a server for the running test. */
export async function openProgramServer(): Promise<ProgramServer> {
  const log = { info: () => undefined, warning: () => undefined };
  const server = await KvsServer.open({ host: "127.0.0.1", port: 0, open: false, log });
  onTestFinished(() => server.close());
  const { local } = server;
  const put = (key: string, text: string): void => local.put(key, { encoding: "ASTR", bytes: Buffer.from(text) });
  const get = async (key: string): Promise<string> => Buffer.from((await local.get(key)).bytes).toString();
  return {
    address: formatAddress(server.address),
    put,
    get,
    view: async (key) => {
      const { encoding, bytes } = await local.view(key);
      return { encoding, text: Buffer.from(bytes).toString() };
    },
    signIn: () => {
      put("task source name", "testing");
      put("task source done task", "testing done!");
      put("task source result key", "testing result");
      put("task source task key", "testing task");
    },
    submit: (...lines) => {
      for (const line of lines) put("testing task", line);
    },
    done: () => put("testing task", "testing done!"),
    result: async () => {
      const id = await get("testing result done tasks");
      return JSON.parse(await get(`testing result ${id}`));
    },
    close: () => server.close(),
  };
}
