import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import * as z from "zod";
import { listen } from "../../listen.ts";
import type { Engine } from "../engines/dynamodb.ts";
import { startFiring } from "./firing.ts";
import { type Input, schedulerOperations } from "./operations.ts";
import type { Lateness } from "./plan.ts";
import { parse, Refusal } from "./requests.ts";
import { openScheduleStore } from "./store.ts";

const TOKEN_MS = 8 * 3_600_000; // ours: how long a ClientToken is stored
const PATH = /^\/(schedules|schedule-groups)(?:\/([^/]+))?\/?$/;
const Body = z.record(z.string(), z.unknown());
const Token = z.object({ ClientToken: z.string().min(1).max(64).optional(), clientToken: z.string().optional() });

/**
 * Starts a small EventBridge Scheduler emulator, backed by SQLite, on a free port of 127.0.0.1. Schedules that became
 * due while it was down fire at the start. It supports `at()` and `rate()`, with SQS queues as targets.
 * @param folder where its database is stored; without it, data is in memory
 * @param sqsUrl the URL of the SQS engine
 * @param onSchedules called after each request with the names of all schedules that have not fired yet
 * @param latenessMs the maximum random delay of a firing. 0 by default; AWS is up to 60 s late
 */
export async function startScheduler({
  folder,
  sqsUrl,
  onSchedules,
  latenessMs = 0,
}: {
  folder?: string;
  sqsUrl: string;
  onSchedules?: (names: readonly string[]) => void;
  latenessMs?: number;
}): Promise<Engine> {
  const store = openScheduleStore(folder);
  const lateness: Lateness = (windowMs) => Math.random() * (latenessMs + windowMs);
  const operations = schedulerOperations(store, lateness);
  const firer = startFiring(store, sqsUrl, lateness);

  async function answer(request: IncomingMessage): Promise<object> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://127.0.0.1");
    const [, kind, name] = PATH.exec(pathname) ?? [];
    const pathKind = `${kind === "schedules" ? "schedule" : "group"}${name === undefined ? "s" : ""}`;
    const operation = kind === undefined ? undefined : operations[`${request.method} ${pathKind}`];
    if (operation === undefined) {
      throw new Refusal("UnknownOperationException", `No operation: ${request.method} ${pathname}`);
    }
    const fields = { ...Object.fromEntries(searchParams), ...read(await text(request)) };
    const input: Input = name === undefined ? fields : { ...fields, Name: decoded(name) };
    const { ClientToken, clientToken = ClientToken } = parse(Token, input);
    if (clientToken === undefined) return operation(input);
    const requestText = `${request.method} ${pathKind} ${JSON.stringify(input)}`;
    return store.atomically(() => {
      const known = store.findToken(clientToken);
      if (known?.request === requestText) return parse(Body, JSON.parse(known.answer));
      if (known) throw new Refusal("ConflictException", "The ClientToken was used with another request.");
      const result = operation(input);
      const now = Date.now();
      store.addToken(clientToken, requestText, JSON.stringify(result), now, now - TOKEN_MS);
      return result;
    });
  }

  const server = createServer(async (request, response) => {
    const send = (status: number, body: object, headers: Record<string, string> = {}) =>
      response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
    try {
      const result = await answer(request);
      firer.rearm();
      onSchedules?.(store.pendingNames());
      send(200, result);
    } catch (error) {
      const isRefusal = error instanceof Refusal;
      const name = isRefusal ? error.name : "InternalServerException";
      const Message = error instanceof Error ? error.message : String(error);
      send(isRefusal ? error.status : 500, { Message }, { "x-amzn-errortype": name });
    }
  });
  const { url, stop } = await listen(server);
  return {
    url,
    stop: async () => {
      await Promise.all([stop(), firer.stop()]);
      store.close();
    },
  };
}

function read(body: string): Record<string, unknown> {
  try {
    return Body.parse(body === "" ? {} : JSON.parse(body));
  } catch {
    throw new Refusal("ValidationException", "The body is not a JSON object.");
  }
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    throw new Refusal("ValidationException", `Value at 'Name' is invalid: ${name}`);
  }
}
