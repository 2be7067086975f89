import { createServer } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { Postman } from "../../../../src/faces/notices/postman.ts";
import type { SmtpServer } from "../../../../src/faces/notices/smtp-server.ts";
import { openMailSink } from "../../../support/mail-sink.ts";

const MAIL = { subject: "disbatch: run: ended", text: "All is well.\n\n  ä 漢 .\n.\nend\n" };

function postman(port: number, to: readonly string[], server: Partial<SmtpServer> = {}, password?: string): Postman {
  const where: SmtpServer = { host: "127.0.0.1", port, security: "plain", user: undefined, ...server };
  return new Postman({ server: where, password, to, host: "login1" });
}

describe("a mail", () => {
  test("arrives with everybody, as it was written", async () => {
    const { port, mails } = await openMailSink();
    await postman(port, ["a@example.org", "b@example.org"]).send(MAIL);
    expect(mails).toMatchObject([{ from: "a@example.org", to: ["a@example.org", "b@example.org"] }]);
    const source = mails[0]?.source ?? "";
    expect(source).toContain("From: disbatch on login1 <a@example.org>\n");
    expect(source).toContain("Subject: disbatch: run: ended\n");
    expect(source).toContain("Auto-Submitted: auto-generated\n");
    expect(source.slice(source.indexOf("\n\n") + 2)).toContain("  ä 漢 .\n.\nend");
  });

  test("cannot have its headers added to", async () => {
    const { port, mails } = await openMailSink();
    await postman(port, ["a@example.org"]).send({ ...MAIL, subject: "x\r\nBcc: b@example.org\r\n\r\nBody" });
    expect(mails[0]?.to).toEqual(["a@example.org"]);
    expect(mails[0]?.source).not.toMatch(/^Bcc:/m);
  });

  test("goes by TLS offered on the way to a server whose certificate nobody has signed", async () => {
    // The server offers STARTTLS with a certificate of its own.
    const { port, mails } = await openMailSink();
    await postman(port, ["a@example.org"], { host: "localhost" }).send(MAIL);
    expect(mails).toHaveLength(1);
  });
});

describe("what cannot be sent says why", () => {
  test.each([
    ["refused@example.org", /^127\.0\.0\.1:[0-9]+: .*no such mailbox/],
    ["full@example.org", /mailbox full/],
    ["cut@example.org", /^127\.0\.0\.1:[0-9]+: \S/],
  ])("to %s", async (address, why) => {
    const { port } = await openMailSink();
    await expect(postman(port, [address]).send(MAIL)).rejects.toThrow(why);
  });

  test("when one of several is refused, by name; the others have it", async () => {
    const { port, mails } = await openMailSink();
    const sent = postman(port, ["a@example.org", "refused@example.org"]).send(MAIL);
    expect(await sent).toBe(`127.0.0.1:${port}: refused@example.org is refused (550 no such mailbox)`);
    expect(mails.map(({ to }) => to)).toEqual([["a@example.org"]]);
  });

  test("when nobody listens", async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        server.close(() => resolve(typeof address === "object" ? (address?.port ?? 0) : 0));
      });
    });
    await expect(postman(port, ["a@example.org"]).send(MAIL)).rejects.toThrow(/ECONNREFUSED/);
  });

  test("when what answers is no mail server", async () => {
    const server = createServer((socket) => void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    await expect(postman(port, ["a@example.org"]).send(MAIL)).rejects.toThrow(/greeting/i);
  });

  test.each(["tls", "starttls"] as const)(
    "when the certificate of a server that is spoken to by %s is not trusted",
    async (security) => {
      const { port, mails } = await openMailSink({ secure: security === "tls", password: "x" });
      const sent = postman(port, ["a@example.org"], { host: "localhost", security, user: "me" }, "x").send(MAIL);
      await expect(sent).rejects.toThrow(/certificate/);
      expect(mails).toEqual([]);
    },
  );
});
