import { once } from "node:events";
import type { Server } from "node:http";
import { createServer, isIP, type Server as NetServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { isLoopback } from "./accepted-hosts.ts";

const LOOPBACK = "127.0.0.1";
/** The addresses that stand for all of this machine, loopback included. */
const ALL_ADDRESSES = ["0.0.0.0", "::"];

/** A server that listens. */
export interface Listening {
  /** Without a trailing slash. */
  readonly url: string;
  /** @param graceMs how long requests in progress may take before their connections are closed */
  stop(graceMs?: number): Promise<void>;
}

/**
 * Makes a server listen on an IP address, and always on loopback: what runs on this machine calls it there.
 * @param port 0 for any free port
 * @returns with the URL on loopback
 * @throws {RangeError} if `host` is no IP address; otherwise as node:net does, EADDRINUSE if the port is in use
 */
export async function listen(server: Server, port = 0, host = LOOPBACK): Promise<Listening> {
  if (isIP(host) === 0) throw new RangeError(`Cannot listen on ${host}: need an IP address of this machine`);
  const boundPort = await bind(server, port, host);
  const isReachedByLoopback = isLoopback(host) || ALL_ADDRESSES.includes(host);
  const own = isReachedByLoopback ? undefined : createServer((socket) => server.emit("connection", socket));
  if (own) await bind(own, boundPort, LOOPBACK);
  const name = isLoopback(host) ? host : LOOPBACK;
  return {
    url: `http://${isIP(name) === 6 ? `[${name}]` : name}:${boundPort}`,
    stop: async (graceMs = 0) => {
      const closed = once(server, "close");
      own?.close();
      server.close();
      server.closeIdleConnections();
      await Promise.race([closed, sleep(graceMs, undefined, { ref: false })]);
      server.closeAllConnections();
      await closed;
    },
  };
}

async function bind(server: NetServer, port: number, host: string): Promise<number> {
  server.listen(port, host);
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("The server has no port");
  return address.port;
}
