import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import * as z from "zod";
import { endpointOf, eventually, expectPending, register, sendMany } from "../support/fixture.ts";
import type { Caller } from "../support/harness.ts";
import type { Receiver } from "../support/receiver.ts";

const RecoveryBody = z.object({
  id: z.string(),
  status: z.string(),
  estimate: z.object({ deliveries: z.int(), isComplete: z.boolean() }),
  progress: z.object({ matched: z.int(), resent: z.int(), skipped: z.int() }),
  finishedAt: z.string().nullable(),
  explanation: z.string(),
});
const PER_REQUEST = 500;
const FRESH_EVERY_MS = 100;
const FRESH_EVENTS = 5; // 50 a second

/** Events during an outage, which the endpoint's user then skips: its receiver has missed all of them. */
export async function missEvents(caller: Caller, receiver: Receiver, count: number, more: object = {}) {
  const endpoint = await register(caller, receiver.url, more);
  await sendMany(caller, 0, 5);
  await eventually(async () => expect((await endpointOf(caller, endpoint)).status).toBe("suspended"));
  for (let from = 5; from < count; from += PER_REQUEST)
    await sendMany(caller, from, Math.min(PER_REQUEST, count - from));
  await expectPending(caller, endpoint, count);
  await caller.call("POST", `/v1/endpoints/${endpoint}/resume`, { backlog: "skip" });
  await expectPending(caller, endpoint, 0);
  await eventually(async () => expect((await endpointOf(caller, endpoint)).status).toBe("active"));
  return endpoint;
}

export async function recover(caller: Caller, body: object = {}) {
  const answered = await caller.call("POST", "/v1/recoveries", body);
  expect(answered.status, answered.text).toBe(202);
  return RecoveryBody.parse(answered.json);
}

export async function recoveryOf(caller: Caller, id: string) {
  return RecoveryBody.parse((await caller.call("GET", `/v1/recoveries/${id}`)).json);
}

/** Sends 50 new events a second until it is stopped. @returns a function that stops and returns how many were sent */
export function sendFresh(caller: Caller, from: number): () => Promise<number> {
  let isOver = false;
  let sent = 0;
  const sending = (async () => {
    while (!isOver) {
      await sendMany(caller, from + sent, FRESH_EVENTS);
      sent += FRESH_EVENTS;
      await sleep(FRESH_EVERY_MS);
    }
  })();
  return async () => {
    isOver = true;
    await sending;
    return sent;
  };
}

/** By payload, which is the event's number: how often it was received with 200. */
export function receivedNumbers(receiver: Receiver, after: number): number[] {
  return receiver.received.slice(after).map(({ body }) => Number(body.toString()));
}
