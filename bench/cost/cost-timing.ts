import { setTimeout as sleep } from "node:timers/promises";
import { SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { encodeEvent, encodeEventMessage } from "../../lambdas/adapters/aws/event-message.ts";
import { newId } from "../../lambdas/shared/ids.ts";
import { sqsClient } from "../../local/emulator/engines/aws-clients.ts";
import { between, type Count } from "../../local/emulator/usage-meter/ledger.ts";
import type { Caller, Rappel } from "../../test/e2e/support/harness.ts";

/** GB-seconds of one invocation that runs alone, as in an environment of Lambda. */
export interface Timing {
  readonly accept: number;
  readonly dispatch: number;
}

/** The input of the timed invocations. */
export interface Load {
  readonly account: string;
  /** Returns the body of a request. */
  readonly body: () => string;
  /** Messages per receive, and events per message. */
  readonly messages: number;
  readonly eventsEach: number;
  readonly payload: () => string;
  /** The number of invocations of each function to time. */
  readonly samples: number;
}

const WITHIN_MS = 30_000;

/**
 * Times both functions, one invocation after the other, and returns the median. With concurrent events, one process does the
 * work of many environments, and most of an invocation's time would be that of others.
 */
export async function timeAlone(rappel: Rappel, caller: Caller, load: Load): Promise<Timing> {
  const accepts: number[] = [];
  for (let n = 0; n < load.samples; n++) {
    const before = counts(rappel);
    const { status } = await caller.call("POST", "/v1/events", load.body());
    if (status !== 202) throw new Error(`Cannot send a request: the response was ${status}`);
    accepts.push(...gbSecondsOf("accept", before, counts(rappel)));
    await untilQuiet(rappel, before);
  }
  const client = sqsClient(rappel.service.engines);
  const dispatches: number[] = [];
  for (let n = 0; n < load.samples; n++) {
    const before = counts(rappel);
    const Entries = Array.from({ length: load.messages }, (_, i) => ({ Id: String(i), MessageBody: messageOf(load) }));
    await client.send(new SendMessageBatchCommand({ QueueUrl: rappel.service.queueUrl, Entries }));
    await untilQuiet(rappel, before, load.messages * load.eventsEach);
    dispatches.push(...gbSecondsOf("dispatch", before, counts(rappel)));
  }
  client.destroy();
  return { accept: median(accepts), dispatch: median(dispatches) };
}

function messageOf({ account, eventsEach, payload }: Load): string {
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

/** The GB-seconds of the invocation; none if there was not exactly one. */
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

function median(samples: readonly number[]): number {
  const sample = samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 2)];
  if (sample === undefined) throw new Error("No invocation ran alone, so none could be timed");
  return sample;
}
