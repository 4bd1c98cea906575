import { once } from "node:events";
import type { Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** Where a server of ours listens. */
export interface Listening {
  /** Without a slash at its end. */
  readonly url: string;
  /** @param graceMs how long requests that are being answered have, before their connections are cut */
  stop(graceMs?: number): Promise<void>;
}

/** Has a server listen on 127.0.0.1. @param port 0 takes any that is free @throws as node:net does, EADDRINUSE if taken */
export async function listen(server: Server, port = 0): Promise<Listening> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("The server has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: async (graceMs = 0) => {
      const closed = once(server, "close");
      server.close();
      server.closeIdleConnections();
      await Promise.race([closed, sleep(graceMs, undefined, { ref: false })]);
      server.closeAllConnections();
      await closed;
    },
  };
}
