import net from "node:net";

/**
 * A line between app and database that breaks on demand: it resets, or falls silent. Silent connections stay open and
 * carry nothing, like those through a firewall that has forgotten them.
 */
export class FaultProxy {
  private readonly pairs = new Set<Pair>();
  private silent = false;
  /** Silent connections that the app has closed. */
  givenUp = 0;

  private constructor(
    private readonly server: net.Server,
    readonly port: number,
  ) {}

  static async start(target: { host: string; port: number }): Promise<FaultProxy> {
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const proxy = new FaultProxy(server, typeof address === "object" && address ? address.port : 0);
    server.on("connection", (client) => proxy.join(client, net.connect(target.port, target.host)));
    return proxy;
  }

  get isSilent(): boolean {
    return this.silent;
  }

  /** Every connection ends with a reset, on both sides. New ones are served. */
  reset(): void {
    for (const pair of this.pairs) pair.end();
  }

  /** No byte passes any more in either direction, on present connections and on new ones. */
  fallSilent(): void {
    this.silent = true;
    for (const pair of this.pairs) pair.fallSilent();
  }

  /**
   * New connections are served. Those that fell silent stay so towards the app, which has to find out by itself; the
   * database's side of them ends, as its own keepalive would see to.
   */
  recover(): void {
    this.silent = false;
    for (const pair of this.pairs) if (pair.dead) pair.upstream.resetAndDestroy();
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.reset();
    await closed;
  }

  private join(client: net.Socket, upstream: net.Socket): void {
    const pair = new Pair(client, upstream);
    this.pairs.add(pair);
    client.once("close", () => {
      this.pairs.delete(pair);
      if (pair.dead) this.givenUp += 1;
      upstream.destroy();
    });
    upstream.once("close", () => {
      if (!pair.dead) client.destroy();
    });
    if (this.silent) pair.fallSilent();
  }
}

class Pair {
  dead = false;

  constructor(
    readonly client: net.Socket,
    readonly upstream: net.Socket,
  ) {
    // A broken end shows as the other's close.
    client.on("error", () => undefined);
    upstream.on("error", () => undefined);
    client.pipe(upstream);
    upstream.pipe(client);
  }

  fallSilent(): void {
    this.dead = true;
    this.client.unpipe(this.upstream);
    this.upstream.unpipe(this.client);
    // What is still sent is lost; unread it would also hide that an end has closed.
    this.client.resume();
    this.upstream.resume();
  }

  end(): void {
    this.client.resetAndDestroy();
    this.upstream.resetAndDestroy();
  }
}
