import * as z from "zod";

/** One HTTP request, as the router sees it. */
export interface HttpRequest {
  readonly method: string;
  /** From the gateway, with percent-escapes decoded or not: no route may depend on that. */
  readonly path: string;
  /** The first value of each name. */
  readonly query: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** The parts of API Gateway's payload format 2.0 that we read. Source: AWS, "Working with Lambda proxy integrations for HTTP APIs". */
const GatewayEvent = z.object({
  rawPath: z.string(),
  rawQueryString: z.string(),
  headers: z.record(z.string(), z.string().optional()),
  /** Not among the headers. */
  cookies: z.array(z.string()).optional(),
  requestContext: z.object({ http: z.object({ method: z.string() }) }),
  body: z.string().optional(),
  isBase64Encoded: z.boolean(),
});

interface GatewayAnswer {
  statusCode: number;
  headers: Record<string, string>;
  cookies?: string[];
  body: string;
  isBase64Encoded: boolean;
}

/** A Lambda handler for API Gateway's HTTP API. */
export function onHttp(
  answer: (request: HttpRequest) => Promise<HttpAnswer>,
): (event: unknown) => Promise<GatewayAnswer> {
  return async (event) => gatewayAnswer(await answer(httpRequest(GatewayEvent.parse(event))));
}

function httpRequest({
  rawPath,
  rawQueryString,
  headers,
  cookies,
  requestContext,
  body = "",
  isBase64Encoded,
}: z.infer<typeof GatewayEvent>): HttpRequest {
  const query = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(rawQueryString)) if (!query.has(name)) query.set(name, value);
  return {
    method: requestContext.http.method,
    path: rawPath,
    query: Object.fromEntries(query),
    headers: {
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value ?? ""])),
      ...(cookies !== undefined && { cookie: cookies.join("; ") }),
    },
    body: Buffer.from(body, isBase64Encoded ? "base64" : "utf8"),
  };
}

function gatewayAnswer({
  status,
  headers: { "set-cookie": cookie, ...headers },
  body = "",
}: HttpAnswer): GatewayAnswer {
  const isText = typeof body === "string";
  return {
    statusCode: status,
    headers,
    ...(cookie !== undefined && { cookies: [cookie] }),
    body: isText ? body : Buffer.from(body).toString("base64"),
    isBase64Encoded: !isText,
  };
}
