import { expect, test } from "vitest";
import { newSecret } from "../../../../src/web/server/secrets.ts";
import { SESSION_LIFE_MS, Sessions } from "../../../../src/web/server/sessions.ts";
import { Tickets, TICKET_LIFE_MS } from "../../../../src/web/server/tickets.ts";

const TOKEN = newSecret();

test("a browser stays let in for thirty days, also by a server that was started again with its token", () => {
  let now = 1_800_000_000_000;
  const secret = new Sessions(TOKEN, () => now).open();
  const again = new Sessions(TOKEN, () => now);
  expect(again.has(secret)).toBe(true);
  now += SESSION_LIFE_MS;
  expect(again.has(secret)).toBe(true);
  now++;
  expect(again.has(secret)).toBe(false);
});

test("a browser that another token has let in is out, and so is one whose secret was changed anywhere", () => {
  const now = (): number => 1_800_000_000_000;
  const sessions = new Sessions(TOKEN, now);
  const secret = sessions.open();
  expect(new Sessions(newSecret(), now).has(secret)).toBe(false);
  // The last character of 256 bits holds four of them: another may stand for the same ones.
  for (let at = 0; at < secret.length - 1; at++) {
    if (secret[at] === ".") continue;
    const other = secret[at] === "a" ? "b" : "a";
    expect(sessions.has(`${secret.slice(0, at)}${other}${secret.slice(at + 1)}`)).toBe(false);
  }
  for (const text of ["", ".", "..", `${secret}.`, secret.slice(1), TOKEN, secret.replaceAll(".", "")]) {
    expect(sessions.has(text)).toBe(false);
  }
});

test("a ticket counts once, for ten minutes", () => {
  let now = 0;
  const tickets = new Tickets(() => now);
  const [one, other, late] = [tickets.make(), tickets.make(), tickets.make()];
  expect([tickets.take("no"), tickets.take(""), tickets.take(one), tickets.take(one)]).toEqual([
    false,
    false,
    true,
    false,
  ]);
  now = TICKET_LIFE_MS - 1;
  expect(tickets.take(other)).toBe(true);
  now = TICKET_LIFE_MS;
  expect(tickets.take(late)).toBe(false);
});
