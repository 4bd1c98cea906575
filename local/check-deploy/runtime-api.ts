import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { listen } from "../listen.ts";

const VERSION = "/2018-06-01/runtime";

/** What a function made of an event. */
export type Answer = { readonly returned: unknown } | { readonly error: string };

interface Pending {
  readonly event: unknown;
  readonly answered: (answer: Answer) => void;
}

/** Lambda's runtime API for one function: its client takes events from here and posts what the function returns. */
export interface RuntimeApi {
  /** As `AWS_LAMBDA_RUNTIME_API` has it: host and port. */
  readonly address: string;
  /** Gives the function an event, after those before it. */
  invoke(event: unknown): Promise<Answer>;
  /** Resolves if the function cannot be loaded. */
  readonly initFailed: Promise<string>;
  stop(): Promise<void>;
}

/**
 * Starts the runtime API on a free port of 127.0.0.1. Source: AWS Lambda developer guide, "Using the Lambda runtime API".
 * @param timeoutMs the function's timeout, which tells it its deadline
 */
export async function startRuntimeApi(arn: string, timeoutMs: number): Promise<RuntimeApi> {
  const waiting: Pending[] = [];
  const running = new Map<string, Pending>();
  let poll: ServerResponse | undefined;
  const init = Promise.withResolvers<string>();

  function give(): void {
    const next = poll && waiting.shift();
    if (!next || !poll) return;
    const id = randomUUID();
    running.set(id, next);
    poll.writeHead(200, {
      "content-type": "application/json",
      "lambda-runtime-aws-request-id": id,
      "lambda-runtime-deadline-ms": String(Date.now() + timeoutMs),
      "lambda-runtime-invoked-function-arn": arn,
      "lambda-runtime-trace-id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0",
    });
    poll.end(JSON.stringify(next.event));
    poll = undefined;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "").replace(VERSION, "");
    if (request.method === "GET" && path === "/invocation/next") {
      poll = response;
      give();
      return;
    }
    const body = await text(request);
    const [, id = "", kind] = /^\/invocation\/([\w-]+)\/(response|error)$/.exec(path) ?? [];
    if (path === "/init/error") init.resolve(body);
    else if (kind === "response") running.get(id)?.answered({ returned: body === "" ? undefined : JSON.parse(body) });
    else if (kind === "error") running.get(id)?.answered({ error: body });
    running.delete(id);
    response.writeHead(202, { "content-type": "application/json" }).end('{"status":"OK"}');
  }

  const { url, stop } = await listen(createServer((request, response) => void answer(request, response)));
  return {
    address: new URL(url).host,
    invoke: (event) =>
      new Promise((answered) => {
        waiting.push({ event, answered });
        give();
      }),
    initFailed: init.promise,
    stop,
  };
}
