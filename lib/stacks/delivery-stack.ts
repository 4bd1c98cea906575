import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { EventSourceMapping } from "aws-cdk-lib/aws-lambda";
import { CfnSchedule } from "aws-cdk-lib/aws-scheduler";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Stack } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { RappelFunction } from "../constructs/rappel-function.ts";
import type { FunctionStackProps } from "./stack-props.ts";
import type { StateStack } from "./state-stack.ts";

export interface DeliveryStackProps extends FunctionStackProps {
  readonly state: StateStack;
}

/** From the queue to the receivers. The dead-letter queue is state and lives there. */
export class DeliveryStack extends Stack {
  readonly dispatch: RappelFunction;
  readonly wake: RappelFunction;
  readonly sweep: RappelFunction;
  readonly erase: RappelFunction;

  constructor(scope: Construct, id: string, { settings, code, state, ...props }: DeliveryStackProps) {
    super(scope, id, props);

    const { table, wakeUps } = state;
    const sending = {
      TABLE_NAME: table.tableName,
      HTTPS_ONLY: String(settings.httpsOnly),
      ALLOW_LOOPBACK: String(settings.allowLoopback),
      EVENTS_QUEUE_URL: state.eventsQueue.queueUrl,
      OPERATOR_ACCOUNT: settings.operatorAccount,
      EARLY_PROBE_SECONDS: String(settings.earlyProbeSeconds),
      SEALING_KEY_ARN: state.sealingKey.keyArn,
      ...wakeUps.environment(settings),
    };
    // No VPC, ever: a receiver's address could then name a neighbour inside it.
    this.dispatch = new RappelFunction(this, "Dispatch", {
      settings,
      code: code.of("dispatch"),
      service: "dispatch",
      description: "POSTs each event to every endpoint that wants it, and settles the outcomes in the table",
      timeoutSeconds: LIMITS.functionSeconds,
      // It mostly waits for receivers, so MB cost more than they bring; 512 MB (0.29 of a core) carries 64 TLS
      // handshakes at once, and ten of the largest messages many times over.
      memoryMb: 512,
      environment: {
        ...sending,
        FAILURE_RATE_PERCENT: String(settings.failureRatePercent),
        FAILURE_RATE_MINUTES: String(settings.failureRateMinutes),
        FAILURE_RATE_MIN_EMAILS: String(settings.failureRateMinEmails),
      },
    });
    this.dispatch.allow([...MANAGE, "dynamodb:BatchWriteItem"], table.tableArn);
    // What it tells of endpoints are events like any other.
    this.dispatch.allow(["sqs:SendMessage"], state.eventsQueue.queueArn);
    wakeUps.allowSetting(this.dispatch);
    feed(this.dispatch, "Events", state.eventsQueue, settings.dispatchConcurrency, MESSAGES_AT_ONCE);

    this.wake = new RappelFunction(this, "Wake", {
      settings,
      code: code.of("wake"),
      service: "wake",
      description: "Keeps promised wake-ups: tries what an endpoint's backlog holds, and promises the next look",
      timeoutSeconds: LIMITS.functionSeconds,
      memoryMb: 512, // as dispatch: it mostly waits for receivers
      feedsItself: true,
      environment: sending,
    });
    this.wake.allow(MANAGE, table.tableArn);
    this.wake.allow(["sqs:SendMessage"], state.eventsQueue.queueArn);
    wakeUps.allowSetting(this.wake); // also those of others, to which a round hands what waits
    feed(this.wake, "Wakes", wakeUps.queue, wakeConcurrency(settings.dispatchConcurrency), ROUNDS_AT_ONCE);

    this.sweep = new RappelFunction(this, "Sweep", {
      settings,
      code: code.of("sweep"),
      service: "sweep",
      description: "Sends overdue wake-ups again, every minute",
      timeoutSeconds: LIMITS.functionSeconds,
      memoryMb: 256, // one query of an index, most often empty
      runsEveryMinute: true,
      environment: { TABLE_NAME: table.tableName, ...wakeUps.environment(settings) },
    });
    this.sweep.allow(["dynamodb:Query"], `${table.tableArn}/index/wakes`);
    wakeUps.allowSending(this.sweep); // what is overdue needs no schedule

    this.erase = new RappelFunction(this, "Erase", {
      settings,
      code: code.of("erase"),
      service: "erase",
      description: "Goes on with the deletion of accounts, every minute",
      timeoutSeconds: LIMITS.functionSeconds,
      memoryMb: 256, // most often one query that finds nothing
      runsEveryMinute: true,
      environment: {
        TABLE_NAME: table.tableName,
        ERASE_AFTER_SECONDS: String(LIMITS.eraseAfterSeconds),
        SEALING_KEY_ARN: state.sealingKey.keyArn,
        ...wakeUps.environment(settings),
      },
    });
    this.erase.allow(
      [...MANAGE.filter((action) => action !== "dynamodb:PutItem"), "dynamodb:BatchWriteItem"],
      table.tableArn,
    );
    wakeUps.allowHastening(this.erase); // the rounds of a deleted endpoint cancel what waits there, now

    for (const reader of [this.dispatch, this.wake, this.erase]) state.allowUnsealing(reader);

    everyMinute(this, { Sweep: this.sweep, Erase: this.erase });
  }
}

const MANAGE = ["BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"].map(
  (action) => `dynamodb:${action}`,
);

/** The most that needs no batching window: a window would add its seconds to every lone message. */
const MESSAGES_AT_ONCE = 10;
/** Each round has up to 25 POSTs in flight, and 100 where its endpoint asks for a higher rate: two fit 512 MB. */
const ROUNDS_AT_ONCE = 2;

/** A fifth of dispatch's, ours: both together must leave most of an account's invocations to accept and api. */
function wakeConcurrency(dispatchConcurrency: number): number {
  return Math.max(2, Math.ceil(dispatchConcurrency / 5));
}

/** Feeds a function from a queue. By hand and not by SqsEventSource, which also grants ChangeMessageVisibility and GetQueueUrl. */
function feed(to: RappelFunction, id: string, queue: Queue, maxConcurrency: number, batchSize: number): void {
  to.allow(["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], queue.queueArn);
  new EventSourceMapping(to, id, {
    target: to.lambda,
    eventSourceArn: queue.queueArn,
    batchSize,
    // Slow receivers hold invocations for seconds; what they may not take is left for accept and api.
    maxConcurrency,
    reportBatchItemFailures: true,
  });
}

/** By hand and not by LambdaInvoke, which lets the Scheduler invoke every version of a function. */
function everyMinute(scope: Construct, functions: Readonly<Record<string, RappelFunction>>): void {
  const role = new Role(scope, "EveryMinuteRole", {
    description: "Lets the Scheduler invoke what runs every minute",
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
        retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 }, // the next minute does it again
      },
    });
  }
}
