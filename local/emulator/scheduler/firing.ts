import { randomBytes, randomUUID } from "node:crypto";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { LOCAL } from "../engines/aws-clients.ts";
import { arnOf } from "./operations.ts";
import { type Lateness, nextFiring, retryFiring } from "./plan.ts";
import type { Firing, ScheduleStore, Stored } from "./store.ts";

const BATCH = 50; // ours: schedules fired at the same time
// Ours, well under setTimeout's 2^31 - 1: after a sleep of the machine or a clock change, schedules fire within this time.
const TIMER_MS_MAX = 10_000;
const REQUEST_TIMEOUT_MS = 5_000; // ours: after it the retry policy applies

/** Fires due schedules. */
export interface Firer {
  /** Call it if a schedule may be due earlier than before. */
  rearm(): void;
  stop(): Promise<void>;
}

/** Sends each due schedule to its queue, then records that: a crash in between sends it twice, but never loses it. */
export function startFiring(store: ScheduleStore, sqsUrl: string, lateness: Lateness): Firer {
  const sqs = new SQSClient({
    region: LOCAL.region,
    endpoint: sqsUrl,
    // The usage meter identifies callers by their access keys.
    credentials: { accessKeyId: "Scheduler", secretAccessKey: "local" },
    maxAttempts: 1,
    requestHandler: { requestTimeout: REQUEST_TIMEOUT_MS, throwOnRequestTimeout: true },
  });
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let isStopped = false;

  async function send(queueArn: string, body: string, more: object = {}): Promise<void> {
    const [account, name] = queueArn.split(":").slice(-2);
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: `${sqsUrl.replace(/\/$/, "")}/${account}/${name}`,
        MessageBody: body,
        ...more,
      }),
    );
  }

  async function fire(schedule: Stored, firing: Firing): Promise<void> {
    const { definition, revision } = schedule;
    const { Arn, SqsParameters } = definition.Target;
    const body = bodyOf(schedule, firing);
    const MessageGroupId = SqsParameters?.MessageGroupId;
    try {
      const isFifo = Arn.endsWith(".fifo");
      await send(Arn, body, { MessageGroupId, ...(isFifo && { MessageDeduplicationId: randomUUID() }) });
    } catch (error) {
      const retry = retryFiring(definition, firing, Date.now());
      if (retry !== undefined) return store.settle(revision, retry);
      await sendToDeadLetterQueue(schedule, body, error);
    }
    const next = nextFiring(schedule, Date.now(), lateness);
    if (next === undefined && definition.ActionAfterCompletion === "DELETE") store.remove(revision);
    else store.settle(revision, next);
  }

  /**
   * Sends a failed firing to its dead-letter queue, if it has one. One attempt, because AWS does not retry this forever
   * either.
   */
  async function sendToDeadLetterQueue(schedule: Stored, body: string, error: unknown): Promise<void> {
    const { Target } = schedule.definition;
    if (Target.DeadLetterConfig?.Arn === undefined) return;
    const text = (StringValue: string) => ({ DataType: "String", StringValue });
    const MessageAttributes = {
      ERROR_CODE: text(error instanceof Error ? error.name : "Unknown"),
      ERROR_MESSAGE: text(error instanceof Error && error.message ? error.message : "none"),
      SCHEDULE_ARN: text(arnOf(schedule)),
      TARGET_ARN: text(Target.Arn),
    };
    await send(Target.DeadLetterConfig.Arn, body, { MessageAttributes }).catch(() => undefined);
  }

  async function fireDue(): Promise<void> {
    while (!isStopped) {
      const due = store.due(Date.now(), BATCH);
      if (due.length === 0) return;
      await Promise.all(due.map((schedule) => schedule.firing && fire(schedule, schedule.firing)));
    }
  }

  function rearm(): void {
    if (isStopped || running !== undefined) return;
    clearTimeout(timer);
    const earliest = store.earliest();
    if (earliest === undefined) return;
    const timerMs = Math.min(TIMER_MS_MAX, Math.max(0, earliest - Date.now()));
    timer = setTimeout(() => {
      running = fireDue().finally(() => {
        running = undefined;
        rearm();
      });
    }, timerMs);
  }

  rearm();
  return {
    rearm,
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await running;
      sqs.destroy();
    },
  };
}

function bodyOf(schedule: Stored, { scheduledAt, failures }: Firing): string {
  const time = `${new Date(scheduledAt).toISOString().slice(0, 19)}Z`;
  const attributes: Readonly<Record<string, string>> = {
    "<aws.scheduler.schedule-arn>": arnOf(schedule),
    "<aws.scheduler.scheduled-time>": time,
    "<aws.scheduler.execution-id>": randomBytes(8).toString("hex"),
    "<aws.scheduler.attempt-number>": String(failures + 1),
  };
  const { Input } = schedule.definition.Target;
  if (Input !== undefined) return Input.replaceAll(/<aws\.scheduler\.[a-z-]+>/g, (name) => attributes[name] ?? name);
  // What AWS sends if there is no Input.
  return JSON.stringify({
    version: "0",
    id: randomUUID(),
    "detail-type": "Scheduled Event",
    source: "aws.scheduler",
    account: LOCAL.account,
    time,
    region: LOCAL.region,
    resources: [arnOf(schedule)],
    detail: "{}",
  });
}
