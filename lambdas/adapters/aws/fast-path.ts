import { Agent as HttpAgent, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { type Credentials, requestSigner, signedInstant } from "./signature.ts";

/** A call of one of AWS's JSON protocols. */
interface JsonCall {
  /** `DynamoDB_20120810.PutItem`. */
  readonly target: string;
  /** The request as JSON. */
  readonly body: string;
  /** Calls with the same key go to the same endpoint. */
  readonly endpointKey?: string;
  readonly abortSignal?: AbortSignal | undefined;
  /** Whether a response may take as long as it wants: a long poll. */
  readonly isPoll?: boolean;
}

/** A response, whatever its status. */
export interface JsonAnswer {
  readonly status: number;
  readonly body: string;
}

/** @returns `undefined` if the SDK has to make the call: there is no response, or the endpoint is not known yet */
export type FastPath = (call: JsonCall) => Promise<JsonAnswer | undefined>;

/** Where the SDK sent a request. */
interface Endpoint {
  readonly protocol: string;
  readonly host: string;
  readonly hostname: string;
  readonly port: number | undefined;
  readonly path: string;
}

const RESPONSE_MS = 3_000; // as the SDK's clients: see clients.ts
const POLL_MAX_MS = 20_000; // the longest wait of ReceiveMessage
const LATE_TIMER_MS = 50; // ours: a later timer means that this process was busy
const GRACE_MS = 200; // ours: some turns of the event loop
const PAUSE_MAX_MS = 100; // the SDK's own pause before a second try is random too, up to this
const SOCKETS_MAX = 100; // as the SDK's clients

const SentRequest = z.object({
  protocol: z.enum(["http:", "https:"]),
  hostname: z.string(),
  port: z.number().optional(),
  path: z.string(),
});
const QueueInput = z.object({ QueueUrl: z.string().optional() });

/** The parts of an SDK client that are used. */
interface SdkClient {
  readonly config: {
    readonly serviceId: string;
    region(): Promise<string>;
    credentials(): Promise<Credentials & { readonly expiration?: Date | undefined }>;
  };
  readonly middlewareStack: {
    add(
      middleware: <A extends { input: unknown; request: unknown }, R>(
        next: (args: A) => Promise<R>,
      ) => (args: A) => Promise<R>,
      options: { readonly step: "deserialize"; readonly name: string; readonly override: true },
    ): void;
  };
}

const paths = new WeakMap<object, FastPath>();

/**
 * A way around most of the SDK's work for a client's frequent calls: it signs and sends a request, and nothing else. The SDK
 * decides everything that is rare. It makes the first call to each endpoint, which this one then repeats; and it makes each
 * call again that had no response here, with its own retries. It must also be given each response that is an error, except a
 * failed condition. ADR 0044 has the reasons.
 */
export function fastPathOf(client: SdkClient): FastPath {
  const known = paths.get(client);
  if (known !== undefined) return known;
  const created = createFastPath(client);
  paths.set(client, created);
  return created;
}

function createFastPath(client: SdkClient): FastPath {
  const endpoints = new Map<string, Endpoint>();
  const agents = {
    "http:": new HttpAgent({ keepAlive: true, maxSockets: SOCKETS_MAX }),
    "https:": new HttpsAgent({ keepAlive: true, maxSockets: SOCKETS_MAX }),
  };
  let signing: ReturnType<typeof requestSigner> | undefined;
  let lasting: Credentials | undefined;

  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const sent = SentRequest.safeParse(args.request);
      if (sent.success) {
        const { hostname, port } = sent.data;
        const host = port === undefined ? hostname : `${hostname}:${port}`;
        endpoints.set(QueueInput.parse(args.input).QueueUrl ?? "", { ...sent.data, host, port });
      }
      return result;
    },
    { step: "deserialize", name: "noteEndpoint", override: true },
  );

  /** Those without an expiry, such as those of Lambda's environment, stay valid. */
  const credentials = async (): Promise<Credentials> => {
    if (lasting !== undefined) return lasting;
    const current = await client.config.credentials();
    if (current.expiration === undefined) lasting = current;
    return current;
  };

  async function attempt(endpoint: Endpoint, call: JsonCall): Promise<JsonAnswer> {
    signing ??= requestSigner(client.config.serviceId === "SQS" ? "sqs" : "dynamodb", await client.config.region());
    const own = await credentials();
    const instant = signedInstant(Date.now());
    const signed = {
      "content-type": "application/x-amz-json-1.0",
      host: endpoint.host,
      "x-amz-date": instant,
      ...(own.sessionToken !== undefined && { "x-amz-security-token": own.sessionToken }),
      "x-amz-target": call.target,
    };
    const authorization = signing({ path: endpoint.path, headers: signed, body: call.body }, own, instant);
    const headers = { ...signed, authorization, "content-length": Buffer.byteLength(call.body) };
    return post(endpoint, headers, call, agents);
  }

  return async (call) => {
    const endpoint = endpoints.get(call.endpointKey ?? "");
    if (endpoint === undefined) return undefined;
    try {
      return await attempt(endpoint, call);
    } catch (error) {
      if (call.abortSignal?.aborted) throw error;
      await sleep(Math.random() * PAUSE_MAX_MS);
      return undefined;
    }
  };
}

/** @throws {Error} if there is no response */
function post(
  { protocol, hostname, port, path }: Endpoint,
  headers: Record<string, string | number>,
  { body, abortSignal, isPoll = false }: JsonCall,
  agents: { readonly "http:": HttpAgent; readonly "https:": HttpsAgent },
): Promise<JsonAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<JsonAnswer>();
  const options = { method: "POST", hostname, port, path, headers, ...(abortSignal && { signal: abortSignal }) };
  const request =
    protocol === "https:"
      ? requestHttps({ ...options, agent: agents["https:"] })
      : requestHttp({ ...options, agent: agents["http:"] });
  const allowedMs = isPoll ? RESPONSE_MS + POLL_MAX_MS : RESPONSE_MS;
  const dueAt = performance.now() + allowedMs;
  const giveUp = () => request.destroy(new Error(`no response within ${allowedMs} ms`));
  // A late timer means that this process was busy: first read a response that may have arrived.
  let deadline = setTimeout(() => {
    if (performance.now() - dueAt < LATE_TIMER_MS) giveUp();
    else deadline = setTimeout(giveUp, GRACE_MS);
  }, allowedMs);
  request.on("response", (response) => {
    const parts: Buffer[] = [];
    response.on("data", (part: Buffer) => parts.push(part));
    response.on("end", () => {
      clearTimeout(deadline);
      const [only = Buffer.alloc(0)] = parts;
      const bytes = parts.length > 1 ? Buffer.concat(parts) : only;
      resolve({ status: response.statusCode ?? 0, body: bytes.toString("utf8") });
    });
    response.on("error", reject);
    response.on("close", () => response.complete || reject(new Error("the response was cut")));
  });
  request.on("error", (error) => {
    clearTimeout(deadline);
    reject(error);
  });
  request.end(body);
  return promise;
}
