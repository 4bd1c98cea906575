import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import * as z from "zod";
import { listen } from "../../listen.ts";
import type { EngineUrls } from "../engines/aws-clients.ts";
import { type Faults, suffer } from "./fault.ts";
import { Ledger } from "./ledger.ts";
import { LiveSchedules } from "./live-schedules.ts";
import { actionOf, type Exchange, readCall, tellsConsumption } from "./read-call.ts";
import { AllRecordedCalls, recordedCallsOf } from "./recorded-calls.ts";

/** Stands between functions and engines, and counts what AWS would bill. */
export interface Meter {
  /** Of all three engines: who calls which of them is told by the signature. */
  readonly url: string;
  readonly ledger: Ledger;
  readonly schedules: LiveSchedules;
  /** What IAM would have been asked. */
  readonly asked: AllRecordedCalls;
  /** Says where the engines are. What is asked before fails. */
  forwardTo(urls: EngineUrls): void;
  stop(): Promise<void>;
}

/**
 * AWS knows a caller by the credentials that sign a request, and so does the meter: each function has an access key of its
 * own name. The same header names the service.
 */
const CREDENTIAL = /Credential=([^/]+)\/\d+\/[^/]+\/([a-z]+)\//;
const Service = z.enum(["dynamodb", "sqs", "scheduler", "kms"]);
/** What belongs to one connection, or is told anew because the body may have another length. */
const HOP_HEADERS = new Set(["connection", "content-length", "host", "keep-alive", "transfer-encoding"]);

/**
 * Starts a meter on a free port of 127.0.0.1.
 * @param faults what goes wrong on the way: nothing, if not said
 * @param isCounting whether calls are counted; without it only what IAM would be asked is kept, which costs less
 */
export async function startUsageMeter(faults: Faults = () => undefined, isCounting = true): Promise<Meter> {
  const ledger = new Ledger();
  const permissions = new AllRecordedCalls();
  const agent = new Agent({ keepAlive: true });
  let urls: EngineUrls | undefined;

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = "GET", url: path = "/", headers } = incoming;
    const [, by = "", name] = CREDENTIAL.exec(headers.authorization ?? "") ?? [];
    const service = Service.parse(name);
    const target = String(headers["x-amz-target"] ?? "");
    const asked = await buffer(incoming);
    const action = actionOf({ service, method, path, target });
    const { isPassed, isAnswered } = await suffer(faults({ by, service, action }), outgoing);
    if (!isPassed) return;
    const isPublished = isCounting && service === "dynamodb" && tellsConsumption(action);
    const sent = isPublished ? askingForConsumption(asked) : asked;
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
    // Who gives up waiting, as at the end of a long poll, must not leave the engine waiting.
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
      request: asked,
      status: answer.statusCode ?? 500,
      response,
    };
    if (isCounting) for (const call of readCall(exchange)) ledger.add(call);
    for (const permission of recordedCallsOf(exchange)) permissions.add(permission);
    if (isAnswered) return;
    const told = Object.entries(answer.headers).filter(([header]) => !HOP_HEADERS.has(header));
    outgoing.writeHead(exchange.status, { ...Object.fromEntries(told), "content-length": response.length });
    outgoing.end(response);
  }

  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch((error: unknown) => {
      if (outgoing.headersSent || outgoing.destroyed) return void outgoing.destroy();
      const message = `The meter cannot count this: ${error instanceof Error ? error.message : String(error)}`;
      outgoing.writeHead(500, { "content-type": "application/json" }).end(JSON.stringify({ message }));
    });
  });
  // Longer than clients keep idle connections, or one of them now and then writes into a closing one.
  server.keepAliveTimeout = 75_000;
  const { url, stop } = await listen(server);
  return {
    url,
    ledger,
    asked: permissions,
    schedules: new LiveSchedules(),
    forwardTo: (engines) => {
      urls = engines;
    },
    stop: async () => {
      await stop();
      agent.destroy();
    },
  };
}

/** Put in front as text: the rest of the body must reach the engine as it is. */
function askingForConsumption(body: Buffer): Buffer {
  return Buffer.concat([Buffer.from('{"ReturnConsumedCapacity":"TOTAL",'), body.subarray(body.indexOf("{") + 1)]);
}
