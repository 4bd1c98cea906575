import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { LOCAL } from "../engines/aws-clients.ts";
import type { Match } from "./routes.ts";

/** The parts of a request's target. */
export interface Target {
  /** Percent-decoded, as HTTP APIs pass it to functions (REST APIs and function URLs do not decode it). */
  readonly path: string;
  /** As it was sent. */
  readonly query: string;
}

/** Splits a request's target. A path with invalid percent-encoding stays as it was sent. */
export function splitTarget(url: string): Target {
  const at = url.indexOf("?");
  const raw = at < 0 ? url : url.slice(0, at);
  try {
    return { path: decodeURIComponent(raw), query: at < 0 ? "" : url.slice(at + 1) };
  } catch {
    return { path: raw, query: at < 0 ? "" : url.slice(at + 1) };
  }
}

/**
 * The event that API Gateway creates from a request, payload format 2.0.
 * Source: "Create AWS Lambda proxy integrations for HTTP APIs", payload format version 2.0.
 */
export function toHttpEvent(
  request: IncomingMessage,
  body: Buffer,
  { path, query }: Target,
  { route, pathParameters }: Match,
  now: number,
): APIGatewayProxyEventV2 {
  const { cookie, ...headers } = joinHeaders(request);
  const method = request.method ?? "GET";
  const text = decodeText(headers["content-type"], body);
  const hasPathParameters = Object.keys(pathParameters).length > 0;
  return {
    version: "2.0",
    routeKey: route.key,
    rawPath: path,
    rawQueryString: query,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/; */) }),
    headers,
    ...(query === "" ? {} : { queryStringParameters: joinQuery(query) }),
    requestContext: {
      accountId: LOCAL.account,
      apiId: "local",
      domainName: headers["host"] ?? "",
      domainPrefix: "local",
      http: {
        method,
        path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? "",
        userAgent: headers["user-agent"] ?? "",
      },
      requestId: randomUUID(),
      routeKey: route.key,
      stage: "$default",
      time: commonLogTime(now),
      timeEpoch: now,
    },
    ...(hasPathParameters ? { pathParameters } : {}),
    ...(body.length > 0 ? { body: text ?? body.toString("base64") } : {}),
    isBase64Encoded: body.length > 0 && text === undefined,
  };
}

/** Header names in lower case. Values of a repeated header are joined by commas. */
function joinHeaders({ rawHeaders }: IncomingMessage): Record<string, string> {
  const joined: Record<string, string> = {};
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? "").toLowerCase();
    const value = rawHeaders[at + 1] ?? "";
    const separator = name === "cookie" ? "; " : ",";
    joined[name] = name in joined ? `${joined[name]}${separator}${value}` : value;
  }
  // API Gateway sets it to the scheme of the request. A proxy in front of this gateway may have done so.
  return { "x-forwarded-proto": "http", ...joined };
}

function joinQuery(query: string): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    joined[name] = Object.hasOwn(joined, name) ? `${joined[name]},${value}` : value;
  }
  return joined;
}

const TEXTUAL = /^(text\/|application\/(json|javascript|xml|x-www-form-urlencoded|[^;]+\+(json|xml))\b)/i;

/** The body as text, or `undefined` if text would not preserve every byte. */
function decodeText(contentType: string | undefined, body: Buffer): string | undefined {
  if (contentType === undefined || !TEXTUAL.test(contentType)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
}

/** `12/Mar/2020:19:03:58 +0000` */
function commonLogTime(now: number): string {
  const [, day, month, year, time] = new Date(now).toUTCString().split(" ");
  return `${day}/${month}/${year}:${time} +0000`;
}
