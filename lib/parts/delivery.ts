import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { EventSourceMapping } from "aws-cdk-lib/aws-lambda";
import { CfnSchedule } from "aws-cdk-lib/aws-scheduler";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Stack } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { RappelFunction } from "../constructs/rappel-function.ts";
import type { FunctionPartProps } from "./part-props.ts";
import type { State } from "./state.ts";

export interface DeliveryProps extends FunctionPartProps {
  readonly state: State;
}

/** The functions that deliver, retry, sweep and erase. */
export class Delivery extends Construct {
  readonly dispatch: RappelFunction;
  readonly wake: RappelFunction;
  readonly sweep: RappelFunction;
  readonly erase: RappelFunction;

  constructor(scope: Construct, id: string, { settings, code, metricNamespace, state }: DeliveryProps) {
    super(scope, id);
    const shared = { settings, metricNamespace };
    const { table, wakeUps } = state;
    const tables = { TABLE_NAME: table.tableName, SHARDS: String(settings.shards) };
    const sending = {
      ...tables,
      HTTPS_ONLY: String(settings.httpsOnly),
      ALLOW_LOOPBACK: String(settings.allowLoopback),
      EVENTS_QUEUE_URL: state.eventsQueue.queueUrl,
      OPERATOR_ACCOUNT: settings.operatorAccount,
      EARLY_PROBE_SECONDS: String(settings.earlyProbeSeconds),
      SEALING_KEY_ARN: state.sealingKey.keyArn,
      ...wakeUps.environment(settings),
    };
    // No VPC, on purpose: a receiver's address could then lead to a host inside it.
    this.dispatch = new RappelFunction(this, "Dispatch", {
      ...shared,
      code: code.of("dispatch"),
      service: "dispatch",
      description: "POSTs each event to every endpoint that subscribes to it and records the outcomes in the table",
      timeoutSeconds: LIMITS.functionSeconds,
      // It mostly waits for receivers, so more MB would cost more than they save. 512 MB (0.29 of a core) is enough for 64
      // TLS handshakes at once, and for ten of the largest messages many times over.
      memoryMb: 512,
      environment: {
        ...sending,
        FAILURE_RATE_PERCENT: String(settings.failureRatePercent),
        FAILURE_RATE_MINUTES: String(settings.failureRateMinutes),
        FAILURE_RATE_MIN_EMAILS: String(settings.failureRateMinEmails),
        NOT_YET_LOGGED_SECONDS: String(LIMITS.notYetLoggedSeconds),
        EVENTS_DEAD_LETTERS_URL: state.eventsDeadLetters.queueUrl,
      },
    });
    this.dispatch.allow([...MANAGE, "dynamodb:BatchWriteItem"], table.tableArn);
    // Operational webhooks are events like any other.
    this.dispatch.allow(["sqs:SendMessage"], state.eventsQueue.queueArn);
    // Failed messages become visible again before the visibility timeout; those that cannot be decoded are dead letters.
    this.dispatch.allow(["sqs:ChangeMessageVisibility"], state.eventsQueue.queueArn);
    this.dispatch.allow(["sqs:SendMessage"], state.eventsDeadLetters.queueArn);
    wakeUps.allowScheduling(this.dispatch);
    feed(this.dispatch, "Events", state.eventsQueue, settings.dispatchConcurrency, MESSAGES_AT_ONCE);

    this.wake = new RappelFunction(this, "Wake", {
      ...shared,
      code: code.of("wake"),
      service: "wake",
      description: "Runs retry rounds: attempts what is due in an endpoint's backlog and schedules the next wake-up",
      timeoutSeconds: LIMITS.functionSeconds,
      memoryMb: 512, // like dispatch: it mostly waits for receivers
      feedsItself: true,
      environment: { ...sending, WAKES_DEAD_LETTERS_URL: wakeUps.deadLetters.queueUrl },
    });
    this.wake.allow(MANAGE, table.tableArn);
    this.wake.allow(["sqs:SendMessage"], state.eventsQueue.queueArn);
    this.wake.allow(["sqs:SendMessage"], wakeUps.deadLetters.queueArn);
    wakeUps.allowScheduling(this.wake); // also for other endpoints: a round can move deliveries to a backup
    feed(this.wake, "Wakes", wakeUps.queue, wakeConcurrency(settings.dispatchConcurrency), ROUNDS_AT_ONCE);

    this.sweep = new RappelFunction(this, "Sweep", {
      ...shared,
      code: code.of("sweep"),
      service: "sweep",
      description: "Sends overdue wake-ups, overdue steps of recoveries and dead letters again, every minute",
      timeoutSeconds: LIMITS.functionSeconds,
      memoryMb: 256, // two queries, mostly empty
      runsEveryMinute: true,
      environment: {
        ...tables,
        EVENTS_QUEUE_URL: state.eventsQueue.queueUrl,
        EVENTS_DEAD_LETTERS_URL: state.eventsDeadLetters.queueUrl,
        WAKES_DEAD_LETTERS_URL: wakeUps.deadLetters.queueUrl,
        ...wakeUps.environment(settings),
      },
    });
    for (const { queueArn } of [state.eventsDeadLetters, wakeUps.deadLetters])
      this.sweep.allow(["sqs:DeleteMessage", "sqs:ReceiveMessage"], queueArn);
    this.sweep.allow(["sqs:GetQueueAttributes"], state.eventsQueue.queueArn);
    this.sweep.allow(["dynamodb:BatchGetItem", "dynamodb:Query"], table.tableArn);
    this.sweep.allow(["sqs:SendMessage"], state.eventsQueue.queueArn);
    this.sweep.allow(["dynamodb:Query"], `${table.tableArn}/index/wakes`);
    wakeUps.allowSending(this.sweep); // overdue wake-ups need no schedule

    this.erase = new RappelFunction(this, "Erase", {
      ...shared,
      code: code.of("erase"),
      service: "erase",
      description: "Continues the deletion of accounts, every minute",
      timeoutSeconds: LIMITS.functionSeconds,
      memoryMb: 256, // mostly one query that finds nothing
      runsEveryMinute: true,
      environment: {
        ...tables,
        ERASE_AFTER_SECONDS: String(LIMITS.eraseAfterSeconds),
        SEALING_KEY_ARN: state.sealingKey.keyArn,
        ...wakeUps.environment(settings),
      },
    });
    this.erase.allow(
      [...MANAGE.filter((action) => action !== "dynamodb:PutItem"), "dynamodb:BatchWriteItem"],
      table.tableArn,
    );
    wakeUps.allowSendingNow(this.erase); // a deleted endpoint's next round cancels its pending deliveries

    for (const reader of [this.dispatch, this.wake, this.erase]) state.allowUnsealing(reader);

    everyMinute(this, { Sweep: this.sweep, Erase: this.erase });
  }
}

const MANAGE = ["BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"].map(
  (action) => `dynamodb:${action}`,
);

/** The largest batch without a batching window, which would delay every single message. */
const MESSAGES_AT_ONCE = 10;
/** A round has up to 25 POSTs in flight, 100 for an endpoint with a higher release rate: two rounds fit 512 MB. */
const ROUNDS_AT_ONCE = 2;

/** Ours: a fifth of dispatch's. Both must leave most of the account's concurrency to accept and api. */
function wakeConcurrency(dispatchConcurrency: number): number {
  return Math.max(2, Math.ceil(dispatchConcurrency / 5));
}

/** Adds an event source. SqsEventSource is not used, because it also grants GetQueueUrl, and ChangeMessageVisibility to all. */
function feed(to: RappelFunction, id: string, queue: Queue, maxConcurrency: number, batchSize: number): void {
  to.allow(["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], queue.queueArn);
  new EventSourceMapping(to, id, {
    target: to.lambda,
    eventSourceArn: queue.queueArn,
    batchSize,
    // Slow receivers hold invocations for seconds: this leaves concurrency for accept and api.
    maxConcurrency,
    reportBatchItemFailures: true,
  });
}

/** Runs functions every minute. LambdaInvoke is not used: it lets the Scheduler invoke every version of a function. */
function everyMinute(scope: Construct, functions: Readonly<Record<string, RappelFunction>>): void {
  const role = new Role(scope, "EveryMinuteRole", {
    description: "Lets the Scheduler invoke the functions that run every minute",
    assumedBy: new ServicePrincipal("scheduler.amazonaws.com", {
      conditions: { StringEquals: { "aws:SourceAccount": Stack.of(scope).account } },
    }),
  });
  const arns = Object.values(functions).map(({ lambda }) => lambda.functionArn);
  role.addToPolicy(new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: arns }));
  for (const [name, { lambda }] of Object.entries(functions)) {
    new CfnSchedule(scope, `${name}EveryMinute`, {
      description: `Runs ${name.toLowerCase()}`,
      scheduleExpression: "rate(1 minute)",
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: lambda.functionArn,
        roleArn: role.roleArn,
        retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 }, // the next minute's run does the work
      },
    });
  }
}
