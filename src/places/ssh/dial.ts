import { type LookupAddress, promises as dns } from "node:dns";
import { connect, type Socket, type TcpNetConnectOpts } from "node:net";
import { errnoOf } from "../../domain/system-error.ts";
import { seconds, waitFor } from "./limits.ts";
import type { HostSettings } from "./host-settings.ts";
import { networkFailure, noAnswer } from "./network-failure.ts";
import type { SshError } from "./session.ts";

/**
 * Opens a TCP connection to a host, trying its addresses one after the other, as ssh does.
 *
 * @param patience milliseconds for all of it.
 * @throws SshError
 */
export async function dial(settings: HostSettings, patience: number, signal: AbortSignal): Promise<Socket> {
  const end = performance.now() + patience;
  const late = (): SshError => noAnswer(settings, seconds(patience));
  const addresses = await waitFor(addressesOf(settings), { signal, patience, late }, () => undefined);
  for (const [index, { address }] of addresses.entries()) {
    // What is left of the time is for all of the addresses that are left.
    const share = (end - performance.now()) / (addresses.length - index);
    const socket = connect(dialOptions(settings, address));
    try {
      const limits = { signal, patience: Math.max(share, 1), late };
      await waitFor(connected(socket, settings), limits, () => socket.destroy());
      // Small messages are not to wait for others.
      return socket.setNoDelay(true);
    } catch (error) {
      socket.destroy();
      if (signal.aborted || index === addresses.length - 1) throw error;
    }
  }
  throw networkFailure(settings, new Error(`the name ${settings.host} has no address of the wanted family`));
}

async function addressesOf(settings: HostSettings): Promise<readonly LookupAddress[]> {
  const family = FAMILIES[settings.addressFamily];
  try {
    // `verbatim`: in the order that the system prefers.
    return await dns.lookup(settings.host, { all: true, family, verbatim: true });
  } catch (error) {
    throw networkFailure(settings, error);
  }
}

/** A refusal comes with the first answer. What comes later is the system giving up, which Bun calls a refusal as well. */
const REFUSAL_MS = 2_000;

const FAMILIES = { any: 0, inet: 4, inet6: 6 } as const;

function dialOptions({ port, bindAddress }: HostSettings, host: string): TcpNetConnectOpts {
  return { host, port, localAddress: bindAddress };
}

function connected(socket: Socket, settings: HostSettings): Promise<void> {
  const from = performance.now();
  return new Promise((resolve, reject) => {
    socket.once("connect", resolve);
    // Stays, so that nothing that happens to the socket later is thrown into the process.
    socket.on("error", (error) => {
      const passed = performance.now() - from;
      const isGivenUp = errnoOf(error) === "ECONNREFUSED" && passed >= REFUSAL_MS;
      reject(
        isGivenUp ? noAnswer(settings, seconds(1000 * Math.round(passed / 1000))) : networkFailure(settings, error),
      );
    });
  });
}
