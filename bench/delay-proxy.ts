import { connect, createServer, type Socket } from "node:net";

/** A listener in front of another that lets everything through so much later, in both directions, and in order. */
export interface DelayProxy {
  readonly port: number;
  close(): void;
}

/** @param delay milliseconds. */
export async function delayProxy(target: { host: string; port: number }, delay: number): Promise<DelayProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(target);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from.on("data", (chunk: Buffer) => setTimeout(() => to.write(chunk), delay));
      from.on("end", () => setTimeout(() => to.end(), delay));
      from.on("error", () => to.destroy());
      from.on("close", () => sockets.delete(from));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port: address.port, close };
}
