import { chmodSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { mailAddresses } from "../../../../src/faces/notices/mail-address.ts";
import { passwordIn } from "../../../../src/faces/notices/smtp-password.ts";
import { smtpServerOf } from "../../../../src/faces/notices/smtp-server.ts";
import { userErrorOf } from "../../../support/user-error.ts";
import { scratchFolder } from "../../node/process/scratch.ts";

describe("a mail server", () => {
  test.each([
    ["smtp://mail.example.org", "mail.example.org", 25, "plain", undefined],
    ["smtp://127.0.0.1:10025/", "127.0.0.1", 10_025, "plain", undefined],
    ["smtp://[::1]:26", "::1", 26, "plain", undefined],
    ["smtps://me@mail.example.org", "mail.example.org", 465, "tls", "me"],
    ["starttls://me%40example.org@mail.example.org", "mail.example.org", 587, "starttls", "me@example.org"],
    ["starttls://mail:2525", "mail", 2525, "starttls", undefined],
  ])("is read from %s", (url, host, port, security, user) => {
    expect(smtpServerOf(url)).toEqual({ host, port, security, user });
  });

  test.each([
    ["mail.example.org"],
    ["mail.example.org:25"],
    ["http://mail.example.org"],
    ["smtp://"],
    ["smtp://mail:99999"],
    ["smtp://mail/inbox"],
    ["smtp://mail?x=1"],
    ["smtps://%ff@mail"],
    [""],
  ])("is not read from %j, and the forms are named", (url) => {
    const error = userErrorOf(() => smtpServerOf(url));
    expect(error).toMatchObject({ code: "smtp-url", exitCode: 2 });
    expect(error.message).toMatch(/^--smtp .*smtp:\/\/HOST:PORT/);
  });

  test("is refused with a password in its URL, which is not shown", () => {
    const error = userErrorOf(() => smtpServerOf("smtps://me:hunter2@mail"));
    expect(error.code).toBe("smtp-password-in-url");
    expect(error.message).toContain("--smtp-password-file");
    expect(error.message).not.toContain("hunter2");
  });

  test("is refused where its password would go unencrypted", () => {
    expect(userErrorOf(() => smtpServerOf("smtp://me@mail")).code).toBe("smtp-password-in-clear");
  });
});

describe("mail addresses", () => {
  test("stand between commas, each once", () => {
    expect(mailAddresses("a@x.org, b+c@y , a@x.org")).toEqual(["a@x.org", "b+c@y"]);
  });

  test.each([
    ["me"],
    ["@x"],
    ["a@x,"],
    ["a@x\nBcc: b@y"],
    ["a@x\rb"],
    ["a b@x"],
    ["a@x;b@y"],
    ["<a@x>"],
    ["Me <a@x>"],
    ["a@@x"],
    ["a\u202E@x"],
    [`${"a".repeat(300)}@x`],
  ])("are not %j", (text) => {
    expect(userErrorOf(() => mailAddresses(text)).code).toBe("mail-address");
  });
});

describe("a file with a password", () => {
  const written = (text: string, mode: number): string => {
    const file = path.join(scratchFolder(), "password");
    writeFileSync(file, text);
    chmodSync(file, mode);
    return file;
  };

  test.each([["s3cret\n"], ["s3cret"], ["s3cret\r\nmore\n"]])("has it in its first line: %j", (text) => {
    expect(passwordIn(written(text, 0o600))).toBe("s3cret");
  });

  test.each([
    [0o640, "can be read by other users"],
    [0o604, "can be read by other users"],
    [0o622, "can be written by other users"],
  ])("is refused with the mode %i", (mode, why) => {
    const error = userErrorOf(() => passwordIn(written("s3cret\n", mode)));
    expect(error.code).toBe("smtp-password-file");
    expect(error.message).toContain(why);
    expect(error.message).not.toContain("s3cret");
  });

  test.each([
    ["is missing", () => "/nowhere/password", "ENOENT"],
    ["is empty", () => written("", 0o600), "first line is empty"],
    ["is a folder", () => scratchFolder(), "is not a regular file"],
    ["is too large", () => written("x".repeat(5000), 0o600), "is larger"],
    [
      "is a link",
      () => {
        const link = path.join(scratchFolder(), "link");
        symlinkSync(written("s3cret\n", 0o600), link);
        return link;
      },
      "is a symbolic link",
    ],
  ])("is refused when it %s", (_what, file, why) => {
    const error = userErrorOf(() => passwordIn(file()));
    expect(error.code).toBe("smtp-password-file");
    expect(error.message).toContain(why);
  });
});
