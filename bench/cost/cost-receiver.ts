import { createServer } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { listen } from "../../local/listen.ts";

/** A receiver that counts deliveries per event, and bytes on the wire. */
export interface CostReceiver {
  readonly url: string;
  /** POSTs so far. */
  posts(): number;
  /** The number of POSTs by path and event. */
  readonly arrived: ReadonlyMap<string, number>;
  /** Bytes received so far: request lines, headers and bodies, without TLS overhead. */
  bytes(): number;
  stop(): Promise<void>;
}

/** @param answerMs the time until it responds with 200 */
export async function startCostReceiver(answerMs: number): Promise<CostReceiver> {
  const arrived = new Map<string, number>();
  const sockets = new Set<Socket>();
  let posts = 0;
  const server = createServer(async (request, response) => {
    request.resume();
    await new Promise((resolve) => request.once("end", resolve));
    posts++;
    const delivery = `${request.url} ${String(request.headers["webhook-id"])}`;
    arrived.set(delivery, (arrived.get(delivery) ?? 0) + 1);
    await sleep(answerMs);
    response.end();
  });
  server.keepAliveTimeout = 75_000;
  server.on("connection", (socket: Socket) => sockets.add(socket));
  const { url, stop } = await listen(server);
  return {
    url,
    posts: () => posts,
    arrived,
    bytes: () => [...sockets].reduce((sum, { bytesRead }) => sum + bytesRead, 0),
    stop,
  };
}
