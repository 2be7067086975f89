import { expect, test } from "vitest";
import { baseOf, type ServedPage, sshLine, urlOf, withoutTicket } from "../../../src/cli/web-words.ts";

const PAGE: ServedPage = { address: { kind: "tcp", host: "127.0.0.1", port: 0 }, port: 41234 };
const SOCKET: ServedPage = { address: { kind: "unix", path: "/run/web.sock" }, port: undefined };
const HERE = { user: "jo", host: "login1", addresses: ["10.0.0.5", "fe80::1", "127.0.0.1"] };

test("the address of a page has the port that it got", () => {
  expect(baseOf(PAGE)).toBe("http://127.0.0.1:41234");
  expect(urlOf(PAGE, "/?ticket=x")).toBe("http://127.0.0.1:41234/?ticket=x");
  expect(baseOf(SOCKET)).toBe("unix:/run/web.sock");
});

test("who sits at this machine needs no ssh", () => {
  expect(sshLine(PAGE, { ...HERE, connection: undefined })).toBeUndefined();
  expect(sshLine(PAGE, { ...HERE, connection: "" })).toBeUndefined();
});

test.each([
  ["192.0.2.7 50022 10.0.0.5 22", "ssh -L 41234:127.0.0.1:41234 jo@10.0.0.5"],
  ["192.0.2.7 50022 10.0.0.5 2222", "ssh -L 41234:127.0.0.1:41234 -p 2222 jo@10.0.0.5"],
  ["fe80::9%eth0 50022 fe80::1%eth0 22", "ssh -L 41234:127.0.0.1:41234 jo@fe80::1%eth0"],
  ["192.0.2.7 50022 10.9.9.9 22", "ssh -L 41234:127.0.0.1:41234 -J jo@10.9.9.9 jo@login1"],
  ["192.0.2.7 50022 2001:db8::1 2222", "ssh -L 41234:127.0.0.1:41234 -J 'jo@[2001:db8::1]:2222' jo@login1"],
])("who has come by %s brings the page home with %s", (connection, line) => {
  expect(sshLine(PAGE, { ...HERE, connection })).toBe(line);
});

test("a socket is reached by ssh in any case", () => {
  expect(sshLine(SOCKET, { ...HERE, connection: undefined })).toBe("ssh -L 8080:/run/web.sock jo@login1");
  expect(urlOf(SOCKET, "/?ticket=x")).toBe("http://127.0.0.1:8080/?ticket=x");
});

test("a URL that others may read has no ticket", () => {
  expect(withoutTicket("http://127.0.0.1:1/?ticket=x")).toBe("http://127.0.0.1:1/");
});
