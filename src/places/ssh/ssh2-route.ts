import type { ClientChannel } from "ssh2";
import { dial } from "./dial.ts";
import type { HostSettings } from "./host-settings.ts";
import { Hop } from "./hop.ts";
import { connectLimit, seconds, waitFor } from "./limits.ts";
import { noAnswer } from "./network-failure.ts";
import { SshError, type SshOptions } from "./session.ts";
import { throughFailure } from "./through-failure.ts";

/**
 * Connects to the first host, through it to the second, and so on.
 *
 * @returns the connections in the same order; none is left open when one fails.
 * @throws SshError
 */
export async function connectThrough(
  route: readonly HostSettings[],
  options: SshOptions,
): Promise<readonly [Hop, ...Hop[]]> {
  const [first, ...others] = route;
  if (first === undefined) throw new Error("a route has at least one host");
  const socket = await dial(first, connectLimit(first), options.signal);
  const hops: [Hop, ...Hop[]] = [await Hop.over(socket, first, options)];
  try {
    let last = hops[0];
    for (const settings of others) {
      last = await Hop.over(await through(last, settings, options), settings, options);
      hops.push(last);
    }
    return hops;
  } catch (error) {
    for (const hop of hops.toReversed()) hop.close();
    throw error;
  }
}

/** Has a jump host dial the next one. */
async function through(hop: Hop, settings: HostSettings, { signal }: SshOptions): Promise<ClientChannel> {
  const { host, port, destination } = settings;
  const via = hop.settings.destination;
  const opened = new Promise<ClientChannel>((resolve, reject) => {
    hop.client.forwardOut("127.0.0.1", 0, host, port, (error, channel) => {
      if (error) reject(throughFailure(settings, via, error));
      else resolve(channel);
    });
  });
  const lost = hop.ended.then((reason) =>
    Promise.reject(
      new SshError("unreachable", `${destination}: the connection to its jump host ${via} ended: ${reason}`),
    ),
  );
  const patience = connectLimit(settings);
  const late = (): SshError => noAnswer(settings, `${seconds(patience)} through ${via}`);
  return waitFor(Promise.race([opened, lost]), { signal, patience, late }, () => hop.close());
}
