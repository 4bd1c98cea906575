import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { QueryCommand } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import { logPartitions } from "../../lambdas/adapters/dynamodb/table/table.ts";
import { SHARDS_MIN } from "../../lambdas/shared/ids.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { itemBytes } from "../../local/emulator/usage-meter/item-bytes.ts";
import { between, type Count } from "../../local/emulator/usage-meter/ledger.ts";
import { type Caller, type Rappel, startRappel } from "../../test/e2e/support/harness.ts";
import { type CostReceiver, startCostReceiver } from "./cost-receiver.ts";
import { type Timing, timeAlone } from "./cost-timing.ts";

/** The parameters of a run. */
export interface CostPlan {
  /** Events to send. */
  readonly events: number;
  readonly batch: number;
  readonly endpoints: number;
  readonly payloadBytes: number;
  readonly receiverMs: number;
  /** The number of invocations of each function to time, one after the other. */
  readonly samples: number;
}

/** The results of a run. */
export interface CostRun {
  readonly events: number;
  readonly requests: number;
  readonly posts: number;
  readonly seconds: number;
  readonly counts: readonly Count[];
  /** Calls that the SDK sent again. On AWS there are few; here there are some if this machine is overloaded. */
  readonly retriedCalls: number;
  /** Messages per receive, on average. */
  readonly messagesPerReceive: number;
  readonly alone: Timing;
  /** Bytes of the event log's items by DynamoDB's rules, without the overhead per item. */
  readonly loggedBytes: number;
  readonly sentBytes: number;
}

const WARM = 200; // events before the measurement: reads that are cached afterwards do not count
const UNWRITTEN_MAX = 400; // events in flight: with more, events would only wait for this machine's processor
const CALLS_AT_ONCE = 24;
const AROUND_BYTES = 300; // of a message per event in addition to the payload: an upper bound
const QUIET_MS = 1_500; // until the calls of the last events are counted too
const WITHIN_MS = 600_000;
const Created = z.object({ id: z.string() });

/** Sends events through the whole service and counts usage. @throws {Error} if an event is lost or delivered twice */
export async function runForCost(plan: CostPlan): Promise<CostRun> {
  const rappel = await startRappel({ meter: true });
  const receiver = await startCostReceiver(plan.receiverMs);
  try {
    const caller = await rappel.callerOf("cost");
    for (let n = 0; n < plan.endpoints; n++) {
      const body = { url: `${receiver.url}/${n}`, eventTypes: ["*"] };
      Created.parse((await caller.call("POST", "/v1/endpoints", body)).json);
    }
    await sendAll(rappel, caller, receiver, { ...plan, events: WARM });
    const retriedCalls = () => rappel.service.meter?.retriedCalls() ?? 0;
    const before = {
      counts: counts(rappel),
      posts: receiver.posts(),
      bytes: receiver.bytes(),
      retriedCalls: retriedCalls(),
    };
    const begun = performance.now();
    const requests = await sendAll(rappel, caller, receiver, plan);
    const seconds = (performance.now() - begun) / 1_000;
    await sleep(QUIET_MS);
    checkArrivals(receiver, (plan.events + WARM) * plan.endpoints);
    const counted = {
      posts: receiver.posts() - before.posts,
      counts: between(before.counts, counts(rappel)),
      retriedCalls: retriedCalls() - before.retriedCalls,
      sentBytes: receiver.bytes() - before.bytes,
    };
    const messagesPerReceive = messagesOf(plan) / callsOf(counted.counts, "pollers", "ReceiveMessage");
    const alone = await timeAlone(rappel, caller, {
      account: caller.account,
      body: () => bodyOf(plan.batch, plan.payloadBytes),
      messages: Math.min(Math.round(messagesPerReceive), messagesInOneSend(plan)),
      eventsEach: Math.min(plan.batch, LIMITS.messageEvents),
      payload: () => payloadOf(plan.payloadBytes),
      samples: plan.samples,
    });
    const loggedBytes = (await meanItemBytes(rappel)) * plan.events;
    return { events: plan.events, requests, seconds, messagesPerReceive, alone, loggedBytes, ...counted };
  } finally {
    await receiver.stop();
    await rappel.stop();
  }
}

/** Sends events at the service's speed, and waits until all have arrived and are recorded. @returns the number of requests */
async function sendAll(rappel: Rappel, caller: Caller, receiver: CostReceiver, plan: CostPlan): Promise<number> {
  const { events, batch, endpoints, payloadBytes } = plan;
  const before = counts(rappel);
  const postsBefore = receiver.posts();
  const until = performance.now() + WITHIN_MS;
  let [sent, requests] = [0, 0];
  const sender = async () => {
    while (sent < events) {
      const count = Math.min(batch, events - sent);
      sent += count;
      requests++;
      const { status, text } = await caller.call("POST", "/v1/events", bodyOf(count, payloadBytes));
      if (status !== 202) throw new Error(`Cannot send ${count} events: ${status} ${text.slice(0, 200)}`);
      while (sent - recorded(rappel, before) > Math.max(UNWRITTEN_MAX, 20 * batch)) await sleep(5);
    }
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, sender));
  const hasArrived = () => recorded(rappel, before) >= events && receiver.posts() - postsBefore >= events * endpoints;
  while (!hasArrived() || isDispatching(rappel)) {
    if (performance.now() > until)
      throw new Error(`Only ${recorded(rappel, before)} of ${events} events were recorded within ${WITHIN_MS} ms`);
    await sleep(20);
  }
  return requests;
}

function bodyOf(count: number, payloadBytes: number): string {
  const events = Array.from({ length: count }, () => `{"type":"email.opened","data":${payloadOf(payloadBytes)}}`);
  return count === 1 ? events.join("") : `[${events.join(",")}]`;
}

/** A payload of exactly `payloadBytes`. It is random text: real events compress better, so the cost is an upper bound. */
function payloadOf(payloadBytes: number): string {
  const frame = '{"text":""}'.length;
  return `{"text":"${randomBytes(payloadBytes)
    .toString("base64")
    .slice(0, payloadBytes - frame)}"}`;
}

/** The maximum of messages in one SendMessageBatch. */
function messagesInOneSend({ batch, payloadBytes }: CostPlan): number {
  const messageBytes = Math.min(batch, LIMITS.messageEvents) * (payloadBytes + AROUND_BYTES);
  return Math.max(1, Math.min(LIMITS.sendMessages, Math.floor(LIMITS.sendBytes / messageBytes)));
}

/** The number of queue messages for the events of a run. */
function messagesOf({ events, batch, payloadBytes }: CostPlan): number {
  const perMessage = Math.max(
    1,
    Math.min(batch, LIMITS.messageEvents, Math.floor(LIMITS.messageBytes / (payloadBytes + AROUND_BYTES))),
  );
  const inLast = events % batch;
  return Math.floor(events / batch) * Math.ceil(batch / perMessage) + Math.ceil(inLast / perMessage);
}

/** The number of calls of an action by a caller. */
export function callsOf(counts: readonly Count[], by: string, action: string): number {
  return callsIn(counts.filter((count) => count.by === by && count.action === action));
}

function callsIn(counts: readonly Count[]): number {
  return counts.reduce((sum, { calls }) => sum + calls, 0);
}

/** Whether batches are still running: their last writes would count for the next measurement. */
function isDispatching(rappel: Rappel): boolean {
  const all = counts(rappel);
  const received = all.filter(({ by, action, resource }) => {
    return by === "pollers" && action === "ReceiveMessage" && /EventsQueue/.test(resource);
  });
  const invoked = all.filter(({ service, resource }) => service === "lambda" && resource === "dispatch");
  return callsIn(received) > callsIn(invoked);
}

function recorded(rappel: Rappel, since: readonly Count[]): number {
  return callsOf(between(since, counts(rappel)), "dispatch", "PutItem");
}

function counts(rappel: Rappel): Count[] {
  return rappel.service.meter?.ledger.counts() ?? [];
}

function checkArrivals({ arrived }: CostReceiver, expected: number): void {
  const twice = [...arrived.values()].filter((times) => times > 1).length;
  if (arrived.size !== expected || twice > 0)
    throw new Error(
      `Expected ${expected} deliveries once each: ${arrived.size} arrived, ${twice} of them more than once`,
    );
}

async function meanItemBytes({ service: { table } }: Rappel): Promise<number> {
  const sizes: number[] = [];
  for (const partition of logPartitions({ shards: SHARDS_MIN }, "cost")) {
    const { Items = [] } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: "pk = :pk",
        ExpressionAttributeValues: { ":pk": { S: partition } },
      }),
    );
    sizes.push(...Items.map((item) => itemBytes(wire(item))));
  }
  return sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
}

/** The item as JSON, with bytes in base64. */
function wire(item: object): unknown {
  return JSON.parse(
    JSON.stringify(item, (_, value) => (value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value)),
  );
}
