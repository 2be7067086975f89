import { onTestFinished } from "vitest";
import { openSession } from "../../src/places/ssh/open-session.ts";
import type { SshChannel, SshOptions, SshSession } from "../../src/places/ssh/session.ts";
import { SshPlace } from "../support/ssh-place.ts";

/** A place that is closed when the test is over, after the sessions opened in it; that fails when something is left behind. */
export class Rig {
  readonly place: SshPlace;
  /** What the user was told. */
  readonly warnings: string[] = [];
  readonly #sessions: SshSession[] = [];

  private constructor(place: SshPlace) {
    this.place = place;
  }

  static async open(): Promise<Rig> {
    const rig = new Rig(await SshPlace.open());
    onTestFinished(async () => {
      for (const session of rig.#sessions) session.close();
      await rig.place.close();
    });
    return rig;
  }

  async connect(destination: string, options: Partial<SshOptions> = {}): Promise<SshSession> {
    const session = await openSession(destination, {
      transport: "auto",
      env: this.place.env,
      signal: new AbortController().signal,
      warn: (message) => void this.warnings.push(message),
      ...options,
    });
    this.#sessions.push(session);
    return session;
  }
}

/** What a command has printed on its standard output, once it has ended. */
export async function outputOf(channel: SshChannel): Promise<Buffer> {
  const chunks: Buffer[] = [];
  channel.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  await channel.ended;
  return Buffer.concat(chunks);
}

/** Runs a command to its end. */
export async function run(session: SshSession, command: string): Promise<string> {
  return (await outputOf(await session.exec(command))).toString("utf8");
}
