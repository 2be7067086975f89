import { expect, test } from "vitest";
import { MOST_SESSIONS, SESSION_LIFE_MS, Sessions } from "../../../../src/web/server/sessions.ts";
import { Tickets, TICKET_LIFE_MS } from "../../../../src/web/server/tickets.ts";

test("a browser stays let in as long as it asks for something now and then", () => {
  let now = 0;
  const sessions = new Sessions(() => now);
  const secret = sessions.open();
  for (let day = 0; day < 30; day++) {
    now += SESSION_LIFE_MS;
    expect(sessions.has(secret)).toBe(true);
  }
  now += SESSION_LIFE_MS + 1;
  expect(sessions.has(secret)).toBe(false);
  expect(sessions.has(secret)).toBe(false);
});

test("of too many browsers the one longest unused is out", () => {
  const sessions = new Sessions(() => 0);
  const [first, second] = [sessions.open(), sessions.open()];
  for (let i = 2; i < MOST_SESSIONS; i++) sessions.open();
  expect(sessions.has(first)).toBe(true);
  sessions.open();
  expect([sessions.has(first), sessions.has(second)]).toEqual([true, false]);
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
