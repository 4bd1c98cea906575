import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { listen } from "../../listen.ts";
import type { Pool } from "../functions/pool.ts";
import { requested } from "../usage-meter/gateway-calls.ts";
import { logged } from "../usage-meter/lambda-calls.ts";
import type { Ledger } from "../usage-meter/ledger.ts";
import { accessLogLine } from "./access-log.ts";
import { splitTarget, toHttpEvent } from "./http-event.ts";
import { gatewayAnswer, type HttpAnswer, toHttpAnswer } from "./http-response.ts";
import { readBody } from "./request-body.ts";
import { matchRoute, type Route } from "./routes.ts";

/** Source: API Gateway's quotas for HTTP APIs. */
const REQUEST_BYTES_MAX = 10 * 1024 * 1024;
const INTEGRATION_MS = 30_000;
/** How long a stop waits for requests that are being answered. Ours. */
const LAST_WORDS_MS = 300;

/** Answers a request before the routes are asked; `false` if it is not for it. */
export type Before = (request: IncomingMessage, response: ServerResponse) => boolean;

/** What the gateway sends requests to. */
export interface GatewayParts {
  readonly routes: readonly Route[];
  /** By function ARN. */
  readonly pools: ReadonlyMap<string, Pool>;
  readonly before: Before;
  /** Where requests are counted, if they are. */
  readonly ledger?: Ledger;
  /** How each request would be logged: for what that costs. */
  readonly accessLogFormat?: string | undefined;
}

/** The HTTP API on this machine. It may listen before there is anything behind it: then it says that it is starting. */
export interface Gateway {
  readonly server: Server;
  readonly url: string;
  open(parts: GatewayParts): void;
  close(): Promise<void>;
}

/** Listens on 127.0.0.1. @param port 0 takes any that is free @throws as node:net does, code EADDRINUSE for a taken port */
export async function startGateway(port: number): Promise<Gateway> {
  let parts: GatewayParts | undefined;
  const server = createServer((request, response) => {
    if (parts?.before(request, response)) return;
    const answered = parts ? answer(parts, request) : Promise.resolve(gatewayAnswer(503, "Service Unavailable"));
    void answered.then(
      (given) => send(request, response, given),
      () => response.destroy(),
    );
  });
  server.requestTimeout = 60_000;
  // Longer than clients keep idle connections, or one of them now and then writes into a closing one.
  server.keepAliveTimeout = 75_000;
  const { url, stop } = await listen(server, port);
  return {
    server,
    url,
    open: (opened) => {
      parts = opened;
    },
    close: () => stop(LAST_WORDS_MS),
  };
}

async function answer(parts: GatewayParts, request: IncomingMessage): Promise<HttpAnswer> {
  const { routes, pools } = parts;
  const at = Date.now();
  const target = splitTarget(request.url ?? "/");
  const body = await readBody(request, REQUEST_BYTES_MAX);
  if (!body) return gatewayAnswer(413, "Request Entity Too Large");
  const match = matchRoute(routes, request.method ?? "GET", target.path);
  const pool = match && pools.get(match.route.functionArn);
  if (!pool) return gatewayAnswer(404, "Not Found");
  const event = toHttpEvent(request, body, target, match, at);
  const invocation = pool.room().then(() => pool.run(event));
  const tooLate = new AbortController();
  try {
    const given = await Promise.race([
      invocation.then(toHttpAnswer),
      sleep(INTEGRATION_MS, gatewayAnswer(504, "Endpoint request timed out"), { signal: tooLate.signal }),
    ]);
    count(parts, request, { path: target.path, routeKey: match.route.key, at, requestBytes: body.length }, given);
    return given;
  } finally {
    tooLate.abort();
  }
}

function count(
  { ledger, accessLogFormat }: GatewayParts,
  { method = "", socket }: IncomingMessage,
  { path, routeKey, at, requestBytes }: { path: string; routeKey: string; at: number; requestBytes: number },
  given: HttpAnswer,
): void {
  if (ledger === undefined) return;
  ledger.add(requested(routeKey, requestBytes, given));
  if (accessLogFormat === undefined) return;
  const { status, body } = given;
  const sourceIp = socket.remoteAddress ?? "";
  const told = {
    routeKey,
    method,
    path,
    sourceIp,
    at,
    status,
    responseBytes: body.length,
    durationMs: Date.now() - at,
  };
  ledger.add(logged("access log", accessLogLine(accessLogFormat, told)));
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  try {
    response.writeHead(status, { "apigw-requestid": randomUUID(), ...headers, "content-length": body.length });
    response.end(request.method === "HEAD" ? undefined : body);
  } catch {
    // A header that HTTP does not allow: API Gateway calls that a malformed answer.
    send(request, response, gatewayAnswer(500, "Internal Server Error"));
  }
}
