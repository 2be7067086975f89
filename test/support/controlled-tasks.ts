import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { ControlledTask } from "./controlled-task.ts";
import { PATIENCE } from "./until.ts";

/**
 * Tasks that do what the test says, when it says so. Each connects to a server of the test, says which task
 * it is and which DISBATCH_ variables it was given, and then waits to be told what to do: no test has to sleep. The
 * task uses nothing but bash itself.
 */
export class ControlledTasks {
  readonly #server: Server;
  readonly #patience: number;
  readonly #sockets = new Set<Socket>();
  readonly #order: string[] = [];
  /** Starts that no one has asked for yet, and tests that wait for a start, by name. */
  readonly #arrived = new Map<string, ControlledTask[]>();
  readonly #awaited = new Map<string, ((task: ControlledTask) => void)[]>();

  private constructor(server: Server, patience: number) {
    this.#server = server;
    this.#patience = patience;
    server.on("connection", (socket) => this.#welcome(socket));
  }

  /**
   * Listens on an address of this machine that the tasks can reach: the loopback, unless they run in another network.
   *
   * @param patience how long a start may take, in milliseconds: longer where somebody else starts them, such as Slurm.
   */
  static async listen(host = "127.0.0.1", patience: number = PATIENCE): Promise<ControlledTasks> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, host, resolve);
    });
    return new ControlledTasks(server, patience);
  }

  /** The line for the task file. Exits with 97 when the test is gone. */
  line(name: string): string {
    const { address: host, port } = this.#address();
    const announce = `echo ${name} $$; for v in "\${!DISBATCH_@}"; do echo "$v=\${!v}"; done; echo`;
    const obey = 'while IFS= read -r -u 3 order; do eval "$order"; echo done >&3; done';
    return `exec 3<>/dev/tcp/${host}/${port}; { ${announce}; } >&3; ${obey}; exit 97`;
  }

  /**
   * Waits for the task to start; asked again with the same name, waits for its next start.
   *
   * @param patience in milliseconds; that of all when left out.
   */
  started(name: string, patience: number = this.#patience): Promise<ControlledTask> {
    const arrived = this.#arrived.get(name)?.shift();
    if (arrived !== undefined) return Promise.resolve(arrived);
    return new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`task ${name} has not started; started so far: ${this.#order.join(" ") || "none"}`)),
        patience,
      );
      entry(this.#awaited, name).push((task) => {
        clearTimeout(late);
        resolve(task);
      });
    });
  }

  /** True when the task has been started at least once. */
  hasStarted(name: string): boolean {
    return this.#order.includes(name);
  }

  /** Names of all starts so far, in order. */
  get order(): readonly string[] {
    return this.#order;
  }

  /** Stops listening and hangs up on every task. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #address(): AddressInfo {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("not listening");
    return address;
  }

  #welcome(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    ControlledTask.accept(socket, (task) => {
      this.#order.push(task.name);
      const waiting = this.#awaited.get(task.name)?.shift();
      if (waiting === undefined) entry(this.#arrived, task.name).push(task);
      else waiting(task);
    });
  }
}

function entry<T>(lists: Map<string, T[]>, name: string): T[] {
  const list = lists.get(name) ?? [];
  lists.set(name, list);
  return list;
}
