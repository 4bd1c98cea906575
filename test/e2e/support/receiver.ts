import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { listen } from "../../../local/listen.ts";

/** One request as it came over the wire. */
export interface Received {
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** Lower-cased names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What a receiver answers. */
export interface Reply {
  readonly status?: number;
  readonly delayMs?: number;
  /** Nothing is answered before it has settled. */
  readonly until?: Promise<unknown>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** A customer's web server. */
export interface Receiver {
  readonly url: string;
  /** In the order they arrived. */
  readonly received: readonly Received[];
  /** Waits until `count` requests have arrived, in all. */
  waitFor(count: number, withinMs?: number): Promise<readonly Received[]>;
  stop(): Promise<void>;
}

/** Starts a receiver on 127.0.0.1. @param reply what it answers to each request: 200 at once, if not said */
export async function startReceiver(reply: (request: Received) => Reply = () => ({})): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return; // whoever sent it has died before all of it was here
    }
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const { method = "", url: path = "" } = request;
    const one: Received = { at: Date.now(), method, path, headers, body: Buffer.concat(chunks) };
    received.push(one);
    const { status = 200, delayMs = 0, until, headers: answered = {}, body = "" } = reply(one);
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
    stop,
  };
}
