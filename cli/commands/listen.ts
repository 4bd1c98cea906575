import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { type AnswerOf, type Rappel, RappelError } from "../../client/index.ts";
import { signed } from "../../client/testing/index.ts";
import type { Output } from "../output.ts";
import { type ConnectionFlags, connectionOf } from "../profiles.ts";
import type { Tools } from "../tools.ts";
import { listValue, urlValue } from "../values.ts";

type Delivery = AnswerOf<"GET /v1/endpoints/{id}/deliveries">["data"][number];

const PAGE = 100;
const EVERY_MS = 1_000;
const FORWARD_MS = 30_000;

interface ListenOptions {
  readonly forward: string;
  readonly types: string[];
}

export function addListen(program: Command, { io, rappel, output }: Tools): void {
  program
    .command("listen")
    .description("forwards the account's events to this machine while it runs; also those that are sent again")
    .requiredOption("--forward <url>", "where they are POSTed, such as localhost:4000/hook", urlValue)
    .option("--types <types>", "only these types, separated by commas", listValue, ["*"])
    .addHelpText(
      "after",
      "\nIt registers a paused endpoint, reads what is pending there, POSTs it signed as Rappel does, and deletes the endpoint\nat the end. Your real endpoints get the same events as always. A failed POST is not retried: send the event again with\nrappel events resend.\n\nExample:\n  rappel listen --forward localhost:4000/hook --types 'order.*'",
    )
    .action(async ({ forward, types }: ListenOptions, command: Command) => {
      const [client, print] = [rappel(command), output(command)];
      const { url } = connectionOf(io, command.optsWithGlobals<ConnectionFlags>());
      const stopped = io.untilStopped();
      const endpoint = await client.endpoints.create({
        // It is paused, so that nothing is ever POSTed there. The API itself is an address that may be registered.
        url: `${url.replace(/\/+$/, "")}/listen/${randomBytes(8).toString("hex")}`,
        eventTypes: types,
        description: `rappel listen on ${hostname()}`.slice(0, 100),
        status: "paused",
      });
      const secret = endpoint.secret ?? "";
      print.note(
        `Forwarding to ${forward}. Signing secret: ${secret === "" ? "(this key may not see it: nothing is signed)" : secret}`,
      );
      print.note("Ctrl-C ends it.");
      try {
        await forwardAll(client, endpoint.id, { forward, secret, print, stopped });
      } finally {
        await client.endpoints.delete(endpoint.id);
        print.note("The endpoint is deleted");
      }
    });
}

interface Forwarding {
  readonly forward: string;
  readonly secret: string;
  readonly print: Output;
  readonly stopped: AbortSignal;
}

/** Until Ctrl-C. A delivery is acknowledged after its POST: if this ends in between, nothing is lost but the endpoint. */
async function forwardAll(client: Rappel, id: string, { stopped, ...to }: Forwarding): Promise<void> {
  while (!stopped.aborted) {
    const { data } = await client.endpoints.deliveries(id, { status: "pending", limit: PAGE }).page();
    // The list is newest first. Events of a page are forwarded in their order; receivers must not rely on it anyway.
    for (const delivery of data.toReversed()) {
      if (stopped.aborted) return;
      await forwardOne(client, delivery, to);
    }
    const events = data.map(({ eventId }) => eventId);
    if (events.length > 0) await acknowledge(client, id, events, stopped);
    else await sleep(EVERY_MS, undefined, { signal: stopped }).catch(() => undefined);
  }
}

/** Again after an outage: a second time finds nothing pending. */
async function acknowledge(client: Rappel, id: string, events: string[], stopped: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await client.call("POST /v1/endpoints/{id}/acknowledge", { params: { id }, body: { events } });
      return;
    } catch (error) {
      if (!(error instanceof RappelError && error.isTemporary) || stopped.aborted) throw error;
      await sleep(EVERY_MS, undefined, { signal: stopped }).catch(() => undefined);
    }
  }
}

async function forwardOne(
  client: Rappel,
  { eventId, endpointId, type }: Delivery,
  { forward, secret, print }: Omit<Forwarding, "stopped">,
): Promise<void> {
  const params = { id: eventId, endpoint: endpointId };
  const made = await client.call("GET /v1/events/{id}/requests/{endpoint}", { params }).catch((error: unknown) => {
    if (error instanceof RappelError && error.status === 404) return undefined; // its retention has ended
    throw error;
  });
  if (made?.body == null) return;
  const { body, headers } = made;
  const shown = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== "***"));
  const webhook = secret === "" ? { body, headers: {} } : signed({ body, secret, id: eventId });
  const started = performance.now();
  const answer = await fetch(forward, {
    method: "POST",
    body,
    headers: { ...shown, ...webhook.headers, "content-type": headers["content-type"] ?? "application/json" },
    redirect: "manual",
    signal: AbortSignal.timeout(FORWARD_MS),
  }).then(
    async (response) => {
      await response.body?.cancel();
      return { status: response.status, reason: null };
    },
    (error: unknown) => ({
      status: null,
      reason: error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error),
    }),
  );
  const ms = Math.round(performance.now() - started);
  const isOk = answer.status !== null && answer.status >= 200 && answer.status < 300;
  const result = answer.status === null ? `no response (${answer.reason})` : `${answer.status} in ${ms} ms`;
  print.object(
    { eventId, type, ...answer, durationMs: ms },
    () => `${isOk ? print.good(result) : print.bad(result)}  ${type}  ${eventId}`,
  );
}
