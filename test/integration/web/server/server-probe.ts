import { gzipSync } from "node:zlib";
import { serve } from "../../../../src/web/server/serve.ts";

// Serves until its standard input ends, in whatever runtime it is started; first it prints its port.
const token = process.env["PROBE_TOKEN"] ?? "";
const index = { name: "index.html", type: "text/html", tag: "t", gzip: gzipSync("the page").toString("base64") };
const server = await serve({
  address: { kind: "tcp", host: "127.0.0.1", port: 0 },
  control: true,
  token,
  files: [index],
  limits: { headMs: 1500, requestMs: 2400, idleMs: 1500, stalledMs: 1500, checkMs: 50, connections: 50 },
  api: async (request) =>
    request.url.endsWith("/events")
      ? new Response(new ReadableStream({ pull: (made) => made.enqueue(Buffer.alloc(65_536)) }), {
          headers: { "Content-Type": "text/event-stream" },
        })
      : Response.json({ method: request.method, body: await request.text(), long: "x".repeat(2000) }),
});
process.stdout.write(`${server.port}\n`);
process.stdin.resume().once("end", () => void server.close());
