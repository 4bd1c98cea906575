import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import * as z from "zod";
import { listen } from "../../listen.ts";
import type { EngineUrls } from "../engines/aws-clients.ts";
import { type Faults, injectFault } from "./fault.ts";
import { type KeyUnits, unitsByKey } from "./key-units.ts";
import { Ledger } from "./ledger.ts";
import { LiveSchedules } from "./live-schedules.ts";
import { actionOf, type Exchange, readCall, reportsConsumption } from "./read-call.ts";
import { CallRecorder, recordedCallsOf } from "./recorded-calls.ts";

/** A proxy between functions and engines that counts billable usage. */
export interface UsageMeter {
  /** The same URL for all engines: the request's signature names the caller and the service. */
  readonly url: string;
  readonly ledger: Ledger;
  readonly schedules: LiveSchedules;
  /** The calls, as IAM would check them. */
  readonly recordedCalls: CallRecorder;
  /** The units that were consumed so far, by partition key. */
  readonly keyUnits: ReadonlyMap<string, KeyUnits>;
  /** Calls so far that an SDK sent again, because the first one was too slow or failed. They are counted like all others. */
  retriedCalls(): number;
  /** Sets the engines' URLs. Calls before that fail. */
  forwardTo(urls: EngineUrls): void;
  stop(): Promise<void>;
}

/**
 * AWS identifies a caller by the credentials of a request, and so does the meter: each function's access key is its name.
 * The same header names the service.
 */
const CREDENTIAL = /Credential=([^/]+)\/\d+\/[^/]+\/([a-z]+)\//;
/** The SDK numbers the attempts of a call: `attempt=2; max=3`. */
const RETRIED = /attempt=(?!1;)\d/;
const Service = z.enum(["dynamodb", "sqs", "scheduler", "kms"]);
/** Headers of one connection, and those that are set again because the length of the body may change. */
const HOP_HEADERS = new Set(["connection", "content-length", "host", "keep-alive", "transfer-encoding"]);

/**
 * Starts a usage meter on a free port of 127.0.0.1.
 * @param faults the faults to inject, none by default
 * @param isCounting whether to count usage; without it, calls are only recorded, which is faster
 */
export async function startUsageMeter(faults: Faults = () => undefined, isCounting = true): Promise<UsageMeter> {
  const ledger = new Ledger();
  const recordedCalls = new CallRecorder();
  const keyUnits = new Map<string, KeyUnits>();
  const agent = new Agent({ keepAlive: true });
  let urls: EngineUrls | undefined;
  let retriedCalls = 0;

  async function forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = "GET", url: path = "/", headers } = incoming;
    const [, by = "", name] = CREDENTIAL.exec(headers.authorization ?? "") ?? [];
    const service = Service.parse(name);
    if (RETRIED.test(String(headers["amz-sdk-request"]))) retriedCalls++;
    const target = String(headers["x-amz-target"] ?? "");
    const received = await buffer(incoming);
    const action = actionOf({ service, method, path, target });
    const { isForwarded, isAnswered } = await injectFault(faults({ by, service, action }), outgoing);
    if (!isForwarded) return;
    const canReport = isCounting && service === "dynamodb" && reportsConsumption(action);
    const sent = canReport ? withConsumptionRequest(received) : received;
    const upstream = request(new URL(path, urls?.[service]), {
      agent,
      method,
      headers: {
        ...Object.fromEntries(Object.entries(headers).filter(([header]) => !HOP_HEADERS.has(header))),
        // An engine may keep one database for each access key.
        authorization: String(headers.authorization).replace(CREDENTIAL, (all) => all.replace(by, "local")),
        "content-length": sent.length,
      },
    });
    // If the caller gives up, as at the end of a long poll, the engine's request ends too.
    outgoing.on("close", () => {
      if (!outgoing.writableFinished && !isAnswered) upstream.destroy();
    });
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      upstream.once("response", resolve).on("error", reject).end(sent);
    });
    const response = await buffer(answer);
    const exchange: Exchange = {
      by,
      service,
      method,
      path,
      target,
      request: received,
      status: answer.statusCode ?? 500,
      response,
    };
    if (isCounting) for (const call of readCall(exchange)) ledger.add(call);
    if (canReport && exchange.status < 400) countKeys(action, received, response);
    for (const recorded of recordedCallsOf(exchange)) recordedCalls.add(recorded);
    if (isAnswered) return;
    const headersToForward = Object.entries(answer.headers).filter(([header]) => !HOP_HEADERS.has(header));
    outgoing.writeHead(exchange.status, { ...Object.fromEntries(headersToForward), "content-length": response.length });
    outgoing.end(response);
  }

  function countKeys(action: string, sent: Buffer, answer: Buffer): void {
    const units = unitsByKey(action, JSON.parse(sent.toString()), JSON.parse(answer.toString()));
    for (const [key, { writeUnits, readUnits }] of units) {
      const before = keyUnits.get(key) ?? { writeUnits: 0, readUnits: 0 };
      keyUnits.set(key, { writeUnits: before.writeUnits + writeUnits, readUnits: before.readUnits + readUnits });
    }
  }

  const server = createServer((incoming, outgoing) => {
    forward(incoming, outgoing).catch((error: unknown) => {
      if (outgoing.headersSent || outgoing.destroyed) return void outgoing.destroy();
      const message = `The usage meter cannot count this call: ${error instanceof Error ? error.message : String(error)}`;
      outgoing.writeHead(500, { "content-type": "application/json" }).end(JSON.stringify({ message }));
    });
  });
  // Longer than clients keep idle connections, or a client may write to a connection that is being closed.
  server.keepAliveTimeout = 75_000;
  const { url, stop } = await listen(server);
  return {
    url,
    ledger,
    recordedCalls,
    keyUnits,
    schedules: new LiveSchedules(),
    retriedCalls: () => retriedCalls,
    forwardTo: (engines) => {
      urls = engines;
    },
    stop: async () => {
      await stop();
      agent.destroy();
    },
  };
}

/** Inserts the field as text at the beginning: the rest of the body must reach the engine unchanged. */
function withConsumptionRequest(body: Buffer): Buffer {
  return Buffer.concat([Buffer.from('{"ReturnConsumedCapacity":"INDEXES",'), body.subarray(body.indexOf("{") + 1)]);
}
