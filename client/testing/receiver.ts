import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * How a request is answered. `hang`: never. `reset`: the connection is closed without an answer. `garbage`: something that is
 * not HTTP. `cut`: a status and half of a body. `endless`: a body that never ends.
 */
export type Answer =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
      /** Milliseconds before the answer. */
      readonly afterMs?: number;
    }
  | "hang"
  | "reset"
  | "garbage"
  | "cut"
  | "endless";

/** A request that a receiver got, with its body as it arrived. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Epoch ms. */
  readonly at: number;
}

/** A receiver on this machine. */
export interface Receiver {
  /** Such as `http://127.0.0.1:53411`. */
  readonly url: string;
  /** All requests so far, in the order of their arrival. */
  readonly received: readonly ReceivedRequest[];
  /** Answers the next requests so, one each; then as before. */
  next(...answers: readonly Answer[]): void;
  /** Answers all further requests so, or as a function of the request says. */
  always(answer: Answer | ((request: ReceivedRequest) => Answer | Promise<Answer>)): void;
  /** Waits until it has got so many requests. @throws {Error} after `withinMs` milliseconds, 10,000 by default */
  waitFor(requests: number, withinMs?: number): Promise<readonly ReceivedRequest[]>;
  /** Closes it and all its connections. */
  stop(): Promise<void>;
}

const OK: Answer = { status: 200 };
const CHUNK = "x".repeat(1_024);
const CHUNK_EVERY_MS = 50;
const LOOK_EVERY_MS = 10;

/** Starts a receiver on loopback. It answers 200 until another answer is set. @param port default: a free one */
export async function startReceiver({ port = 0 }: { readonly port?: number } = {}): Promise<Receiver> {
  const received: ReceivedRequest[] = [];
  const queued: Answer[] = [];
  let usual: (request: ReceivedRequest) => Answer | Promise<Answer> = () => OK;
  const server = createServer((request, response) => {
    requestOf(request)
      .then(async (got) => {
        received.push(got);
        await answer(response, queued.shift() ?? (await usual(got)));
      })
      // The sender has gone, or the function of `always` has thrown: there is no answer.
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: own } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${own}`,
    received,
    next: (...answers) => {
      queued.push(...answers);
    },
    always: (given) => {
      usual = typeof given === "function" ? given : () => given;
    },
    async waitFor(requests, withinMs = 10_000) {
      const until = Date.now() + withinMs;
      while (received.length < requests) {
        if (Date.now() > until) throw new Error(`Got ${received.length} of ${requests} requests within ${withinMs} ms`);
        await sleep(LOOK_EVERY_MS);
      }
      return received.slice(0, requests);
    },
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function requestOf(request: IncomingMessage): Promise<ReceivedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return {
    method: request.method ?? "",
    path: request.url ?? "",
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(", ")]),
    ),
    body: Buffer.concat(chunks),
    at: Date.now(),
  };
}

async function answer(response: ServerResponse, given: Answer): Promise<void> {
  if (given === "hang") return;
  if (given === "reset") {
    response.socket?.resetAndDestroy();
    return;
  }
  if (given === "garbage") {
    response.socket?.end("this is not HTTP\r\n\r\n");
    return;
  }
  if (given === "cut") {
    response.writeHead(200, { "content-length": "1000" }).write("half of");
    response.socket?.destroySoon();
    return;
  }
  if (given === "endless") {
    response.writeHead(200);
    while (!response.destroyed) {
      response.write(CHUNK);
      await sleep(CHUNK_EVERY_MS);
    }
    return;
  }
  const { status, headers = {}, body = "", afterMs = 0 } = given;
  if (afterMs > 0) await sleep(afterMs);
  response.writeHead(status, headers).end(body);
}
