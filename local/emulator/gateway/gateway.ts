import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { listen } from "../../listen.ts";
import type { Pool } from "../functions/pool.ts";
import { requested } from "../usage-meter/gateway-calls.ts";
import { logged } from "../usage-meter/lambda-calls.ts";
import type { Ledger } from "../usage-meter/ledger.ts";
import { accessLogLine } from "./access-log.ts";
import { refusalOf } from "./admission.ts";
import { splitTarget, toHttpEvent } from "./http-event.ts";
import { gatewayAnswer, type HttpAnswer, toHttpAnswer } from "./http-response.ts";
import { readBody } from "./request-body.ts";
import { matchRoute, type Route } from "./routes.ts";

/** Source: API Gateway's quotas for HTTP APIs. */
const REQUEST_BYTES_MAX = 10 * 1024 * 1024;
const INTEGRATION_MS = 30_000;
/** How long a stop waits for requests in progress. Ours. */
const STOP_GRACE_MS = 300;

/** Handles a request before the routes do. @returns `false` if the request is for the routes */
export type BeforeRoutes = (request: IncomingMessage, response: ServerResponse) => boolean;

/** The routes and functions behind the gateway. */
export interface GatewayParts {
  readonly routes: readonly Route[];
  /** By function ARN. */
  readonly pools: ReadonlyMap<string, Pool>;
  readonly before: BeforeRoutes;
  /** Counts requests, if given. */
  readonly ledger?: Ledger;
  /** The format of the access log, whose bytes are billed. */
  readonly accessLogFormat?: string | undefined;
}

/** The HTTP API on this machine. It listens before `open`, and responds with 503 until then. */
export interface Gateway {
  readonly server: Server;
  readonly url: string;
  open(parts: GatewayParts): void;
  close(): Promise<void>;
}

/**
 * Listens on loopback, and on another address of this machine if one is given.
 * @param port 0 for any free port
 * @throws as node:net does, code EADDRINUSE if the port is in use
 */
export async function startGateway(port: number, host?: string): Promise<Gateway> {
  let parts: GatewayParts | undefined;
  const server = createServer((request, response) => {
    if (parts?.before(request, response)) return;
    const answered = parts ? answer(parts, request) : Promise.resolve(gatewayAnswer(503, "Service Unavailable"));
    void answered.then(
      (httpAnswer) => send(request, response, httpAnswer),
      () => response.destroy(),
    );
  });
  server.requestTimeout = 60_000;
  // Longer than clients keep idle connections, or a client may write to a connection that is being closed.
  server.keepAliveTimeout = 75_000;
  const { url, stop } = await listen(server, port, host);
  return {
    server,
    url,
    open: (opened) => {
      parts = opened;
    },
    close: () => stop(STOP_GRACE_MS),
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
  const refusal = await refusalOf(pool);
  if (refusal !== undefined) return refusal;
  const invocation = pool.run(toHttpEvent(request, body, target, match, at));
  const tooLate = new AbortController();
  try {
    const httpAnswer = await Promise.race([
      invocation.then(toHttpAnswer),
      sleep(INTEGRATION_MS, gatewayAnswer(504, "Endpoint request timed out"), { signal: tooLate.signal }),
    ]);
    count(parts, request, { path: target.path, routeKey: match.route.key, at, requestBytes: body.length }, httpAnswer);
    return httpAnswer;
  } finally {
    tooLate.abort();
  }
}

function count(
  { ledger, accessLogFormat }: GatewayParts,
  { method = "", socket }: IncomingMessage,
  { path, routeKey, at, requestBytes }: { path: string; routeKey: string; at: number; requestBytes: number },
  httpAnswer: HttpAnswer,
): void {
  if (ledger === undefined) return;
  ledger.add(requested(routeKey, requestBytes, httpAnswer));
  if (accessLogFormat === undefined) return;
  const { status, body } = httpAnswer;
  const sourceIp = socket.remoteAddress ?? "";
  const loggedRequest = {
    routeKey,
    method,
    path,
    sourceIp,
    at,
    status,
    responseBytes: body.length,
    durationMs: Date.now() - at,
  };
  ledger.add(logged("access log", accessLogLine(accessLogFormat, loggedRequest)));
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  try {
    response.writeHead(status, { "apigw-requestid": randomUUID(), ...headers, "content-length": body.length });
    response.end(request.method === "HEAD" ? undefined : body);
  } catch {
    // HTTP does not allow the header. API Gateway treats this as a malformed response.
    send(request, response, gatewayAnswer(500, "Internal Server Error"));
  }
}
