import {
  ConflictException,
  CreateScheduleCommand,
  DeleteScheduleCommand,
  type SchedulerClient,
} from "@aws-sdk/client-scheduler";
import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Clock } from "../../ports/clock.ts";
import type { Timer, Wake } from "../../ports/endpoints.ts";
import type { Log } from "../../ports/operations.ts";
import { bestEffortTime } from "../../shared/best-effort.ts";
import { LIMITS } from "../../shared/limits.ts";
import { waitForAll } from "../../shared/wait-for-all.ts";
import { schedulerClient, sqsClient } from "./clients.ts";
import { encodeWake } from "./wake-message.ts";

interface TimerPorts {
  readonly scheduler: SchedulerClient;
  readonly sqs: SQSClient;
  readonly wakesQueueUrl: string;
  readonly wakesQueueArn: string;
  /** The role with which the Scheduler sends to the queue. */
  readonly roleArn: string;
  readonly groupName: string;
  /** The shortest wait that uses the Scheduler, ms; shorter waits are SQS delays. */
  readonly schedulerFromMs?: number;
  readonly clock: Pick<Clock, "now">;
  readonly report: Pick<Log, "scheduleRefused">;
}

const SECOND_MS = 1_000;

export function schedulerTimer({
  scheduler,
  sqs,
  wakesQueueUrl,
  wakesQueueArn,
  roleArn,
  groupName,
  schedulerFromMs = LIMITS.schedulerFromMs,
  clock,
  report,
}: TimerPorts): Timer {
  /** Returns whether the Scheduler accepted it. */
  async function schedule(wake: Wake): Promise<boolean> {
    const command = new CreateScheduleCommand({
      Name: scheduleName(wake),
      GroupName: groupName,
      // Without a time zone it is UTC.
      ScheduleExpression: `at(${new Date(wholeSeconds(wake) * SECOND_MS).toISOString().slice(0, 19)})`,
      FlexibleTimeWindow: { Mode: "OFF" },
      ActionAfterCompletion: "DELETE",
      Target: { Arn: wakesQueueArn, RoleArn: roleArn, Input: encodeWake(wake) },
    });
    try {
      await scheduler.send(command);
      return true;
    } catch (error) {
      // The name contains everything about the schedule: an existing one is the same.
      if (error instanceof ConflictException) return true;
      // A wrong role or expression is rejected every time. Delayed messages still work, so only this line shows it.
      report.scheduleRefused(wake.endpoint, error);
      return false;
    }
  }

  async function delay(wake: Wake): Promise<void> {
    const seconds = Math.ceil((wake.wakeAt - clock.now()) / SECOND_MS);
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: wakesQueueUrl,
        MessageBody: encodeWake(wake),
        // SQS's longest delay may be too short: the round that receives it early sets the timer again.
        DelaySeconds: Math.min(Math.max(seconds, 0), LIMITS.queueDelaySeconds),
      }),
    );
  }

  async function start(wake: Wake): Promise<void> {
    const isFar = wake.wakeAt - clock.now() >= schedulerFromMs;
    if (!(isFar && (await schedule(wake)))) await delay(wake);
  }

  async function drop(replaced: Wake): Promise<void> {
    if (replaced.wakeAt <= clock.now()) return;
    try {
      const removal = new DeleteScheduleCommand({ Name: scheduleName(replaced), GroupName: groupName });
      await scheduler.send(removal, { abortSignal: bestEffortTime() });
    } catch {
      // Usually there was no schedule, but a delayed message. A schedule that remains only costs one message.
    }
  }

  return {
    async set(wake, replaces = wake.wakeAt) {
      const replaced = { endpoint: wake.endpoint, wakeAt: replaces };
      const isOther = scheduleName(replaced) !== scheduleName(wake);
      // In parallel, so that a Scheduler that hangs is waited for only once.
      await waitForAll([start(wake), ...(isOther ? [drop(replaced)] : [])]);
    },
  };
}

/** Rounded up: the Scheduler has whole seconds, and a wake-up must not be early. */
function wholeSeconds({ wakeAt }: Wake): number {
  return Math.ceil(wakeAt / SECOND_MS);
}

function scheduleName(wake: Wake): string {
  return `${wake.endpoint}-${wholeSeconds(wake)}`;
}

/** The environment variables for wake-ups. */
export interface WakesEnvironment {
  readonly WAKES_QUEUE_URL: string;
  readonly WAKES_QUEUE_ARN: string;
  readonly SCHEDULER_ROLE_ARN: string;
  readonly SCHEDULE_GROUP: string;
  readonly SCHEDULER_FROM_SECONDS: number;
}

export function timerFrom(
  env: WakesEnvironment,
  clock: Pick<Clock, "now">,
  report: Pick<Log, "scheduleRefused">,
): Timer {
  return schedulerTimer({
    scheduler: schedulerClient(),
    sqs: sqsClient(),
    wakesQueueUrl: env.WAKES_QUEUE_URL,
    wakesQueueArn: env.WAKES_QUEUE_ARN,
    roleArn: env.SCHEDULER_ROLE_ARN,
    groupName: env.SCHEDULE_GROUP,
    schedulerFromMs: env.SCHEDULER_FROM_SECONDS * SECOND_MS,
    clock,
    report,
  });
}
