import { PassThrough, type Readable, Writable } from "node:stream";
import type { ClientChannel } from "ssh2";
import type { SshChannel, SshEnd } from "./session.ts";
import { drainUnread, streamEnd } from "./stream-end.ts";

/**
 * A command that runs over the ssh2 library. Its streams are not the library's own, which is one for both directions and
 * forgets writes when the channel closes.
 *
 * @param connectionEnded resolves with why the connection ended.
 */
export function channelOf(channel: ClientChannel, connectionEnded: Promise<string>): SshChannel {
  const stdin = inputOf(channel);
  const stdout = outputOf(channel);
  const stderr = outputOf(channel.stderr);
  const drain = (): void => {
    drainUnread(stdout);
    drainUnread(stderr);
  };
  let end: SshEnd | undefined;
  channel.on("exit", (code: number | null, signal?: string) => {
    end = code === null ? { type: "killed", signal: signal ?? "unknown" } : { type: "exited", code };
    drain();
  });
  const lost = connectionEnded.then((reason): SshEnd => {
    drain();
    return { type: "lost", reason };
  });
  const closed = new Promise<SshEnd>((resolve) => {
    channel.once("close", () => resolve({ type: "lost", reason: "the host closed the channel without saying why" }));
  });
  const ended = Promise.all([Promise.race([lost, closed]), streamEnd(stdout), streamEnd(stderr)]).then(
    async ([fallback]) => {
      stdin.destroy();
      // The channels of a lost connection hear of it first.
      return end ?? (await Promise.race([lost, nextTurn(fallback)]));
    },
  );
  return { stdin, stdout, stderr, ended };
}

function inputOf(channel: ClientChannel): Writable {
  channel.on("error", () => undefined);
  const stdin = new Writable({
    write: (chunk: Buffer, _encoding, done) => void channel.write(chunk, done),
    final: (done) => {
      channel.end();
      done();
    },
  });
  // A command may end without having read everything: that is for its exit code to tell.
  stdin.on("error", () => undefined);
  return stdin;
}

function outputOf(source: Readable): Readable {
  const output = new PassThrough();
  source.on("error", () => undefined);
  source.pipe(output);
  // What nobody wants must not keep the channel from ending.
  output.once("close", () => source.resume());
  return output;
}

function nextTurn<T>(value: T): Promise<T> {
  return new Promise((resolve) => setImmediate(() => resolve(value)));
}
