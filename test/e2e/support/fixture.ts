import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect } from "vitest";
import * as z from "zod";
import { type Caller, callerWith, joinRappel, type Rappel, type SessionCaller } from "./harness.ts";
import { type Receiver, startReceiver } from "./receiver.ts";
import { showWarnings } from "./warnings.ts";

const Id = z.object({ id: z.string() });
const Endpoint = z.object({
  status: z.string(),
  statusReason: z.string(),
  consecutiveFailures: z.int(),
  lastSuccessAt: z.string().nullable(),
  lastLoopAt: z.string().nullable(),
});
const Page = z.object({ data: z.array(z.unknown()), nextCursor: z.string().nullable() });
const Delivery = z.object({
  endpointId: z.string(),
  onBehalfOf: z.string().nullable(),
  status: z.string(),
  reason: z.string().nullable(),
  explanation: z.string(),
  attempts: z.array(z.unknown()),
});

/** The shortest valid schedule: five waits of one second, so six attempts in all. */
export const SHORT = [{ times: 5, everySeconds: 1 }];
/** Generous, because a slow machine may take its time. */
const EVENTUALLY_MS = 600_000;

/** Opens the shared service and the receivers of one test file. */
export function openFixture() {
  let rappel: Omit<Rappel, "service"> | undefined;
  const receivers: Receiver[] = [];
  beforeAll(async () => {
    rappel = await joinRappel();
  }, 300_000);
  afterAll(async () => {
    await Promise.all(receivers.map((receiver) => receiver.stop()));
    await rappel?.stop();
  });
  showWarnings(() => rappel?.logs);

  const running = (): Omit<Rappel, "service"> => {
    if (rappel === undefined) throw new Error("The service has not started");
    return rappel;
  };
  return {
    callerOf: async (account: string): Promise<Caller> => running().callerOf(account),
    /** A caller with a key that the API created. */
    callerWith: (account: string, key: { id: string; secret: string }): Caller =>
      callerWith(running().url, account, `Basic ${Buffer.from(`${key.id}:${key.secret}`).toString("base64")}`),
    sessionOf: async (account: string, link?: object): Promise<SessionCaller> => running().sessionOf(account, link),
    url: (): string => running().url,
    /** How often the functions reported that an account's counts may be too low. Counts are approximate by design. */
    countsLost: (account: string): number =>
      running().logs.filter((line) => line.includes("missing from the counters") && line.includes(`"${account}"`))
        .length,
    /** A caller with an operator key. */
    operator: async (): Promise<Caller> => running().operator(),
    async receive(...args: Parameters<typeof startReceiver>): Promise<Receiver> {
      const receiver = await startReceiver(...args);
      receivers.push(receiver);
      return receiver;
    },
  };
}

/** @returns the endpoint's id */
export async function register(caller: Caller, url: string, more: object = {}): Promise<string> {
  const body = { url, eventTypes: ["*"], format: "raw", retrySchedule: SHORT, ...more };
  return Id.parse((await caller.call("POST", "/v1/endpoints", body)).json).id;
}

/** @returns the event's id */
export async function send(caller: Caller, data: unknown): Promise<string> {
  return Id.parse((await caller.call("POST", "/v1/events", { type: "t", data })).json).id;
}

/** Sends many events in one request, with their numbers as payloads. */
export async function sendMany(caller: Caller, from: number, count: number): Promise<void> {
  const events = Array.from({ length: count }, (_, n) => ({ type: "t", data: from + n }));
  const { status } = await caller.call("POST", "/v1/events", events);
  if (status !== 202) throw new Error(`${count} events were answered ${status}`);
}

export async function endpointOf(caller: Caller, id: string) {
  return Endpoint.parse((await caller.call("GET", `/v1/endpoints/${id}`)).json);
}

export async function deliveriesOf(caller: Caller, eventId: string) {
  const { json } = await caller.call("GET", `/v1/events/${eventId}`);
  return z.object({ deliveries: z.array(Delivery) }).parse(json).deliveries;
}

/** The only delivery of an event. @throws {Error} unless there is exactly one */
export async function deliveryOf(caller: Caller, eventId: string) {
  const [delivery, ...others] = await deliveriesOf(caller, eventId);
  if (delivery === undefined || others.length > 0)
    throw new Error(`Event ${eventId} has ${others.length + (delivery === undefined ? 0 : 1)} deliveries: need one`);
  return delivery;
}

/** Waits until exactly this many deliveries of an endpoint are pending. */
export async function expectPending(caller: Caller, endpoint: string, count: number): Promise<void> {
  await eventually(async () => {
    let pending = 0;
    for (let cursor: string | null = ""; cursor !== null; ) {
      const query = `status=pending&limit=100${cursor === "" ? "" : `&cursor=${cursor}`}`;
      const page = await caller.call("GET", `/v1/endpoints/${endpoint}/deliveries?${query}`);
      const { data, nextCursor } = Page.parse(page.json);
      pending += data.length;
      cursor = nextCursor;
    }
    expect(pending).toBe(count);
  });
}

/** Waits until a check passes. @param withinMs default 10 min @throws the check's last failure */
export async function eventually(check: () => Promise<void>, withinMs = EVENTUALLY_MS): Promise<void> {
  for (const until = Date.now() + withinMs; ; await sleep(200)) {
    try {
      return await check();
    } catch (failure) {
      if (Date.now() > until) throw failure;
    }
  }
}
