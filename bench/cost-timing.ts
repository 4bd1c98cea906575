import { setTimeout as sleep } from "node:timers/promises";
import { SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { encodeEvent, encodeEventMessage } from "../lambdas/adapters/aws/event-message.ts";
import { newId } from "../lambdas/shared/ids.ts";
import { sqsClient } from "../local/emulator/engines/aws-clients.ts";
import { between, type Count } from "../local/emulator/usage-meter/ledger.ts";
import type { Caller, Rappel } from "../test/e2e/support/harness.ts";

/** GB-seconds of one invocation, with the machine to itself, as an environment of Lambda's has. */
export interface Timing {
  readonly accept: number;
  readonly dispatch: number;
}

/** What an invocation is given. */
export interface Load {
  readonly account: string;
  /** A request's body. */
  readonly body: () => string;
  /** Messages of one receive, and events of one message. */
  readonly messages: number;
  readonly eventsEach: number;
  readonly payload: () => string;
  /** How many invocations of each function are timed. */
  readonly samples: number;
}

const WITHIN_MS = 30_000;

/**
 * Times both functions one invocation at a time, and takes the middle one. While events come side by side, one process does
 * the work of many environments, and each invocation's time is mostly its neighbours'.
 */
export async function timeAlone(rappel: Rappel, caller: Caller, load: Load): Promise<Timing> {
  const accepts: number[] = [];
  for (let n = 0; n < load.samples; n++) {
    const before = counts(rappel);
    const { status } = await caller.call("POST", "/v1/events", load.body());
    if (status !== 202) throw new Error(`A request was answered ${status}`);
    accepts.push(...gbSecondsOf("accept", before, counts(rappel)));
    await untilQuiet(rappel, before);
  }
  const client = sqsClient(rappel.service.engines);
  const dispatches: number[] = [];
  for (let n = 0; n < load.samples; n++) {
    const before = counts(rappel);
    const Entries = Array.from({ length: load.messages }, (_, i) => ({ Id: String(i), MessageBody: packOf(load) }));
    await client.send(new SendMessageBatchCommand({ QueueUrl: rappel.service.queueUrl, Entries }));
    await untilQuiet(rappel, before, load.messages * load.eventsEach);
    dispatches.push(...gbSecondsOf("dispatch", before, counts(rappel)));
  }
  client.destroy();
  return { accept: middle(accepts), dispatch: middle(dispatches) };
}

function packOf({ account, eventsEach, payload }: Load): string {
  const now = Date.now();
  const events = Array.from({ length: eventsEach }, () =>
    encodeEvent({
      id: newId("evt", now, Math.random),
      account,
      type: "email.opened",
      source: "api",
      acceptedAt: now,
      occurredAt: now,
      payload: Buffer.from(payload()),
    }),
  );
  return encodeEventMessage(account, events);
}

/** Nothing where it was not one invocation: then its time is not one's. */
function gbSecondsOf(label: string, before: readonly Count[], after: readonly Count[]): number[] {
  const count = between(before, after).find(({ service, resource }) => service === "lambda" && resource === label);
  return count?.calls === 1 ? [count.used.gbSeconds ?? 0] : [];
}

async function untilQuiet(rappel: Rappel, before: readonly Count[], events = 1): Promise<void> {
  const until = performance.now() + WITHIN_MS;
  const done = () => {
    const since = between(before, counts(rappel));
    const puts = since.filter(({ by, action }) => by === "dispatch" && action === "PutItem");
    const deletes = since.some(({ by, action }) => by === "pollers" && action === "DeleteMessageBatch");
    return deletes && puts.reduce((sum, { calls }) => sum + calls, 0) >= events;
  };
  while (!done()) {
    if (performance.now() > until) throw new Error(`${events} events were not dispatched within ${WITHIN_MS} ms`);
    await sleep(5);
  }
}

function counts(rappel: Rappel): Count[] {
  return rappel.service.meter?.ledger.counts() ?? [];
}

function middle(samples: readonly number[]): number {
  const found = samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 2)];
  if (found === undefined) throw new Error("No invocation was alone: nothing could be timed");
  return found;
}
