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
import { LIMITS } from "../../shared/limits.ts";
import { waitForAll } from "../../shared/wait-for-all.ts";
import { schedulerClient, sqsClient } from "./clients.ts";
import { encodeWake } from "./wake-message.ts";

interface TimerWorld {
  readonly scheduler: SchedulerClient;
  readonly sqs: SQSClient;
  readonly wakesQueueUrl: string;
  readonly wakesQueueArn: string;
  /** Lets the Scheduler send to the queue. */
  readonly roleArn: string;
  readonly groupName: string;
  /** The shortest wait in ms that is given to the Scheduler; shorter ones are SQS delays. */
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
}: TimerWorld): Timer {
  /** Answers whether the Scheduler has it. */
  async function schedule(wake: Wake): Promise<boolean> {
    const command = new CreateScheduleCommand({
      Name: scheduleName(wake),
      GroupName: groupName,
      // No zone is UTC.
      ScheduleExpression: `at(${new Date(wholeSeconds(wake) * SECOND_MS).toISOString().slice(0, 19)})`,
      FlexibleTimeWindow: { Mode: "OFF" },
      ActionAfterCompletion: "DELETE",
      Target: { Arn: wakesQueueArn, RoleArn: roleArn, Input: encodeWake(wake) },
    });
    try {
      await scheduler.send(command);
      return true;
    } catch (error) {
      // The name says all that the schedule does: whoever made it made this one.
      if (error instanceof ConflictException) return true;
      // A role or an expression that is wrong is refused for ever: with nothing but delays the wake-ups still come, so
      // only this line tells.
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
        // What comes too early because this is its longest is sent on by the round that gets it.
        DelaySeconds: Math.min(Math.max(seconds, 0), LIMITS.queueDelaySeconds),
      }),
    );
  }

  async function keep(wake: Wake): Promise<void> {
    const isFar = wake.wakeAt - clock.now() >= schedulerFromMs;
    if (!(isFar && (await schedule(wake)))) await delay(wake);
  }

  async function drop(replaced: Wake): Promise<void> {
    if (replaced.wakeAt <= clock.now()) return;
    try {
      await scheduler.send(new DeleteScheduleCommand({ Name: scheduleName(replaced), GroupName: groupName }));
    } catch {
      // Most often there was none: it was a delay. One that is left behind costs a message, which the round that it
      // cannot begin drops.
    }
  }

  return {
    async set(wake, replaces = wake.wakeAt) {
      const replaced = { endpoint: wake.endpoint, wakeAt: replaces };
      const isOther = scheduleName(replaced) !== scheduleName(wake);
      // Side by side: a Scheduler that hangs is waited for once.
      await waitForAll([keep(wake), ...(isOther ? [drop(replaced)] : [])]);
    },
  };
}

/** Rounded up: the Scheduler knows whole seconds, and a wake-up is never early. */
function wholeSeconds({ wakeAt }: Wake): number {
  return Math.ceil(wakeAt / SECOND_MS);
}

function scheduleName(wake: Wake): string {
  return `${wake.endpoint}-${wholeSeconds(wake)}`;
}

/** What a function's environment says of wake-ups. */
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
