import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { listen } from "../../../local/listen.ts";
import { unlisted } from "./webhook-bodies.ts";

/** One request as it was received. */
export interface Received {
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** How a receiver answers. */
export interface Reply {
  readonly status?: number;
  readonly delayMs?: number;
  /** The answer waits until this promise has settled. */
  readonly until?: Promise<unknown>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** A customer's web server. */
export interface Receiver {
  readonly url: string;
  /** Requests in the order of arrival. */
  readonly received: readonly Received[];
  /** Waits until `count` requests have arrived in total. */
  waitFor(count: number, withinMs?: number): Promise<readonly Received[]>;
  stop(): Promise<void>;
}

/** Starts a receiver on 127.0.0.1. @param reply its answer to each request; default 200 at once */
export async function startReceiver(reply: (request: Received) => Reply = () => ({})): Promise<Receiver> {
  const received: Received[] = [];
  const unknown: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return; // the sender was killed or closed the connection early
    }
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const { method = "", url: path = "" } = request;
    const arrived: Received = { at: Date.now(), method, path, headers, body: Buffer.concat(chunks) };
    received.push(arrived);
    const wrong = unlisted(arrived, String(request.socket.localPort));
    if (wrong !== undefined) unknown.push(wrong);
    const { status = 200, delayMs = 0, until, headers: answered = {}, body = "" } = reply(arrived);
    await Promise.allSettled([sleep(delayMs), until]);
    response.writeHead(status, answered).end(body);
  });
  const { url, stop } = await listen(server);
  return {
    url: `${url}/hook`,
    received,
    waitFor: async (count, withinMs = 300_000) => {
      const until = Date.now() + withinMs;
      while (received.length < count && Date.now() < until) await sleep(10);
      if (received.length < count)
        throw new Error(`Waited ${withinMs} ms for ${count} requests, got ${received.length}`);
      return received;
    },
    stop: async () => {
      await stop();
      if (unknown.length > 0) throw new Error(`The OpenAPI document's webhooks do not list:\n${unknown.join("\n")}`);
    },
  };
}
