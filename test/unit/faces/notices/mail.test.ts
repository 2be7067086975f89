import { describe, expect, test } from "vitest";
import { exited } from "../../../../src/domain/ending.ts";
import type { RunEvent } from "../../../../src/domain/events.ts";
import { Mail } from "../../../../src/faces/notices/mail.ts";
import { Digest, EverySoMany, GATHERED, type MailPlan } from "../../../../src/faces/notices/mail-plan.ts";
import type { MailText } from "../../../../src/faces/notices/mail-text.ts";
import { until } from "../../../support/until.ts";
import { VirtualClock } from "../terminal/fakes.ts";
import { assigned, ended, finished, joined, START, started } from "../terminal/events.ts";
import { FakeTeller, notedRun } from "./noted-runs.ts";

function setUp(
  plan: MailPlan,
  send?: (mail: MailText) => Promise<string | void>,
  farewell = 10,
  hurry = new AbortController().signal,
) {
  const clock = new VirtualClock(START);
  const run = notedRun();
  const teller = new FakeTeller();
  const subjects: string[] = [];
  const keep = async (mail: MailText): Promise<string | undefined> => {
    subjects.push(mail.subject.replace("disbatch: run on login1: ", ""));
    return (await send?.(mail)) ?? undefined;
  };
  const mail = new Mail({ run, plan, clock, send: keep, teller, hurry, farewell });
  const tell = (...events: readonly RunEvent[]): void => {
    for (const event of events) {
      run.counts.handle(event);
      mail.observe(event);
    }
  };
  return { clock, run, mail, teller, subjects, tell };
}

const failed = (id: number, code = 1): RunEvent => finished(id, { ending: exited(code) });
/** Resolves when what can go on without time has done so. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("mails of a run", () => {
  test("come with its first failure, without waiting for another event, and at its end", async () => {
    const { clock, mail, subjects, tell, teller } = setUp(new Digest());
    tell(started(3), joined(0, 1), assigned(0), failed(0));
    clock.advance(GATHERED + 1);
    await settled();
    expect(subjects).toEqual(["the first task has failed"]);
    tell(assigned(1), finished(1), ended(9));
    await mail.close();
    expect(subjects).toEqual(["the first task has failed", "ended, 2 of 3 tasks done, 1 failed"]);
    expect(teller.said).toEqual([]);
    expect(teller.noted.map((note) => note.replace(/: .*/, ""))).toEqual(["mail sent", "mail sent"]);
    expect(clock.timers).toBe(0);
  });

  test("wait for one another; what is due meanwhile becomes one mail with the newest numbers", async () => {
    let arrived: () => void = () => undefined;
    const { subjects, tell, mail } = setUp(new EverySoMany(1), () => new Promise((resolve) => (arrived = resolve)));
    tell(started(9), joined(0, 9), finished(0), finished(1), finished(2), finished(3));
    await settled();
    expect(subjects).toEqual(["1 of 9 tasks done"]);
    arrived();
    await settled();
    expect(subjects).toEqual(["1 of 9 tasks done", "4 of 9 tasks done"]);
    tell(finished(4), ended(5));
    const closed = mail.close();
    arrived();
    await settled();
    arrived();
    await closed;
    expect(subjects).toEqual(["1 of 9 tasks done", "4 of 9 tasks done", "ended, 5 of 9 tasks done"]);
  });

  test("that cannot be sent are told of once, and tried again when the next one is due", async () => {
    const { subjects, tell, mail, teller } = setUp(new EverySoMany(1), () =>
      Promise.reject(new Error("mail:25: \u001b[31mno")),
    );
    tell(started(3), joined(0, 1), finished(0));
    await settled();
    tell(finished(1));
    await settled();
    tell(ended(5));
    await mail.close();
    expect(subjects).toHaveLength(3);
    expect(teller.said).toEqual(["warning: a mail was not sent: mail:25: \\e[31mno"]);
    expect(teller.warnings).toHaveLength(3);
  });

  test("that some do not get are told of, with who they are", async () => {
    const { mail, teller, tell } = setUp(new Digest(), () =>
      Promise.resolve("mail:25: b@x is refused (550 \u001b no)"),
    );
    tell(started(1), ended(1));
    await mail.close();
    const why = "a mail was not sent to everybody: mail:25: b@x is refused (550 \\e no); the others have it";
    expect(teller.said).toEqual([`warning: ${why}`]);
    expect(teller.noted).toEqual([expect.stringMatching(/^mail sent: /)]);
    expect(teller.warnings).toEqual([why]);
  });

  test("are not waited for longer than is bearable at the end", async () => {
    const { mail, teller, tell } = setUp(new Digest(), () => new Promise(() => undefined), 0.05);
    tell(started(1), ended(1));
    await mail.close();
    expect(teller.said).toEqual([
      "warning: the mail server has not answered in 0.05 s; the last mail may not have been sent",
    ]);
  });

  test("are waited for aloud, and no longer than the user wants to", async () => {
    const patience = new AbortController();
    const { mail, teller, tell } = setUp(new Digest(), () => new Promise(() => undefined), 20, patience.signal);
    tell(started(1), ended(1));
    const closed = mail.close();
    await until(
      () => teller.said.length === 1,
      () => "what is waited for",
    );
    patience.abort();
    await closed;
    expect(teller.said).toEqual([
      "waiting for the mail server, for 20 s at most (Ctrl-C ends that)",
      "warning: nobody waits for the mail server; the last mail may not have been sent",
    ]);
  });
});
