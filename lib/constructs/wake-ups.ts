import { Effect, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { ScheduleGroup } from "aws-cdk-lib/aws-scheduler";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { ArnFormat, Duration, Stack, Token, Validations } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { answerFindings, QUEUE_FINDINGS } from "../findings.ts";
import type { Settings } from "../settings.ts";
import type { RappelFunction } from "./rappel-function.ts";
import { removalPolicy } from "./removal.ts";

/**
 * Promised wake-ups on their way: the Scheduler's group keeps them until their time, the queue from then on. What is lost
 * here the sweeper sends again, for the promise itself is in the table.
 */
export class WakeUps extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly group: ScheduleGroup;
  readonly #role: Role;
  readonly #groupName: string;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    const queue = {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      removalPolicy: removalPolicy(settings),
    };
    this.deadLetters = new Queue(this, "DeadLetters", { ...queue, retentionPeriod: Duration.days(14) });
    this.queue = new Queue(this, "Queue", {
      ...queue,
      retentionPeriod: Duration.days(4), // the sweeper sends again what is lost: keeping more would help nobody
      visibilityTimeout: Duration.seconds(LIMITS.visibilitySeconds),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: LIMITS.maxReceives },
    });
    for (const each of [this.queue, this.deadLetters]) answerFindings(each, QUEUE_FINDINGS);
    // Its schedules are promises that the table holds too: nothing is lost with the group.
    this.#groupName = `rappel-${settings.stage}`;
    this.group = new ScheduleGroup(this, "Group", {
      scheduleGroupName: this.#groupName,
      removalPolicy: removalPolicy(settings),
    });
    this.#role = new Role(this, "SchedulerRole", {
      description: "Lets the Scheduler send wake-ups to their queue",
      // Without these any schedule of any account could use the role (AWS: "confused deputy prevention").
      assumedBy: new ServicePrincipal("scheduler.amazonaws.com", {
        conditions: {
          StringEquals: {
            "aws:SourceAccount": Stack.of(this).account,
            "aws:SourceArn": this.group.scheduleGroupArn,
          },
        },
      }),
    });
    this.#role.addToPolicy(
      new PolicyStatement({ effect: Effect.ALLOW, actions: ["sqs:SendMessage"], resources: [this.queue.queueArn] }),
    );
  }

  /** What a function that sets wake-ups is told. */
  environment(settings: Settings): Record<string, string> {
    return {
      WAKES_QUEUE_URL: this.queue.queueUrl,
      WAKES_QUEUE_ARN: this.queue.queueArn,
      SCHEDULER_ROLE_ARN: this.#role.roleArn,
      SCHEDULE_GROUP: this.group.scheduleGroupName,
      SCHEDULER_FROM_SECONDS: String(settings.schedulerFromSeconds),
    };
  }

  /** Lets a function send wake-ups that are due and drop those they replace. */
  allowHastening(by: RappelFunction): void {
    this.#allowSchedules(by, ["scheduler:DeleteSchedule"]);
    this.allowSending(by);
  }

  /** Lets a function set wake-ups and drop those they replace. */
  allowSetting(by: RappelFunction): void {
    this.#allowSchedules(by, ["scheduler:CreateSchedule", "scheduler:DeleteSchedule"]);
    by.allow(["iam:PassRole"], this.#role.roleArn, {
      StringEquals: { "iam:PassedToService": "scheduler.amazonaws.com" },
    });
    this.allowSending(by);
  }

  #allowSchedules(by: RappelFunction, actions: string[]): void {
    const schedules = Stack.of(this).formatArn({
      service: "scheduler",
      resource: "schedule",
      resourceName: `${this.#groupName}/*`,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    by.allow(actions, schedules);
    Validations.of(by).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${ownPlace(by)}:schedule/${this.#groupName}/*]`,
      reason:
        "Schedules are named after endpoints and times, which are not known here: the group is the narrowest there is.",
    });
  }

  /** Lets a function send wake-ups that are due. */
  allowSending(by: RappelFunction): void {
    by.allow(["sqs:SendMessage"], this.queue.queueArn);
  }
}

/** As cdk-nag writes what CloudFormation fills in; where a stage names account and region, they are known. */
function ownPlace(construct: Construct): string {
  const { partition, region, account } = Stack.of(construct);
  const known = (value: string, name: string) => (Token.isUnresolved(value) ? `<AWS::${name}>` : value);
  return `arn:${known(partition, "Partition")}:scheduler:${known(region, "Region")}:${known(account, "AccountId")}`;
}
