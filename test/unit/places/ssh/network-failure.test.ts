import { expect, test } from "vitest";
import { networkFailure, noAnswer } from "../../../../src/places/ssh/network-failure.ts";
import { throughFailure } from "../../../../src/places/ssh/through-failure.ts";

const target = { destination: "web1", host: "192.0.2.1", port: 2200 };

test.each([
  ["ENOTFOUND", "name-not-resolved", "web1: the name 192.0.2.1 cannot be resolved"],
  ["EAI_AGAIN", "name-not-resolved", "web1: the name 192.0.2.1 cannot be resolved now (no name server answers)"],
  ["ECONNREFUSED", "refused", "web1: connection refused by 192.0.2.1:2200: no SSH server listens there"],
  ["EHOSTUNREACH", "unreachable", "web1: no route to 192.0.2.1:2200"],
  ["ENETUNREACH", "unreachable", "web1: no network to 192.0.2.1:2200"],
  ["ETIMEDOUT", "unreachable", "web1: no answer from 192.0.2.1:2200"],
  ["ECONNRESET", "unreachable", "web1: connection reset by peer (ECONNRESET)"],
])("%s means %s", (code, failure, message) => {
  const error = Object.assign(new Error(`${code}: connection reset by peer, connect`), { code });
  expect(networkFailure(target, error)).toMatchObject({ code: failure, message });
});

test("a place has its port only where it is not SSH's own, and an IPv6 address is told from it", () => {
  expect(noAnswer({ ...target, port: 22 }, "1 s").message).toBe("web1: no answer from 192.0.2.1 within 1 s");
  expect(noAnswer({ ...target, host: "::1" }, "1 s").message).toBe("web1: no answer from [::1]:2200 within 1 s");
});

test.each([
  ["Connection refused", 2, "refused", "connection refused by 192.0.2.1:2200"],
  ["No route to host", 2, "unreachable", "no route to 192.0.2.1:2200"],
  ["Connection timed out", 2, "unreachable", "no answer from 192.0.2.1:2200"],
  ["unknown host (Name or service not known)", 2, "name-not-resolved", "the name 192.0.2.1 cannot be resolved"],
  ["odd", 2, "unreachable", "192.0.2.1:2200 cannot be reached (odd)"],
])("a jump host that says %s", (said, reason, code, words) => {
  const error = Object.assign(new Error(`(SSH) Channel open failure: ${said}`), { reason });
  const message = `web1: ${words}, as seen from its jump host gate`;
  expect(throughFailure(target, "gate", error)).toMatchObject({ code, message });
});
