import { Effect, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnScheduleGroup } from "aws-cdk-lib/aws-scheduler";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { ArnFormat, Duration, RemovalPolicy, Stack, Token, Validations } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { answerFindings, QUEUE_FINDINGS } from "../findings.ts";
import type { ServiceSettings } from "../service-settings.ts";
import type { RappelFunction } from "./rappel-function.ts";
import { removalPolicy } from "./removal.ts";

/**
 * Scheduled wake-ups: the schedule group holds them until their time, the queue after that. If one is lost here, the sweeper
 * sends it again, since its time is in the table too.
 */
export class WakeUps extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly group: CfnScheduleGroup;
  /** Lets the Scheduler send wake-ups. */
  readonly role: Role;

  constructor(scope: Construct, id: string, settings: ServiceSettings) {
    super(scope, id);
    const queue = {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      maxMessageSizeBytes: LIMITS.queueMessageBytes,
      removalPolicy: removalPolicy(settings),
    };
    this.deadLetters = new Queue(this, "DeadLetters", { ...queue, retentionPeriod: Duration.days(14) });
    this.queue = new Queue(this, "Queue", {
      ...queue,
      retentionPeriod: Duration.days(4), // enough: the sweeper sends lost wake-ups again
      visibilityTimeout: Duration.seconds(LIMITS.wakeVisibilitySeconds),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: LIMITS.wakeReceives },
    });
    for (const each of [this.queue, this.deadLetters]) answerFindings(each, QUEUE_FINDINGS);
    // Without a name: CloudFormation gives each creation another, so that a group that is still being deleted does not block
    // the next deployment. Not kept: the table holds the same wake-ups, and without the role below no schedule can fire.
    this.group = new CfnScheduleGroup(this, "Group");
    this.group.applyRemovalPolicy(RemovalPolicy.DESTROY);
    this.role = new Role(this, "SchedulerRole", {
      description: "Lets the Scheduler send wake-ups to their queue",
      // Without these conditions any schedule of any account could use the role (AWS: "confused deputy prevention").
      assumedBy: new ServicePrincipal("scheduler.amazonaws.com", {
        conditions: {
          StringEquals: {
            "aws:SourceAccount": Stack.of(this).account,
            "aws:SourceArn": this.group.attrArn,
          },
        },
      }),
    });
    this.role.addToPolicy(
      new PolicyStatement({ effect: Effect.ALLOW, actions: ["sqs:SendMessage"], resources: [this.queue.queueArn] }),
    );
  }

  /** Environment variables of a function that schedules wake-ups. */
  environment(settings: ServiceSettings): Record<string, string> {
    return {
      WAKES_QUEUE_URL: this.queue.queueUrl,
      WAKES_QUEUE_ARN: this.queue.queueArn,
      SCHEDULER_ROLE_ARN: this.role.roleArn,
      SCHEDULE_GROUP: this.group.ref,
      SCHEDULER_FROM_SECONDS: String(settings.schedulerFromSeconds),
    };
  }

  /** Lets a function send wake-ups that are due and delete those they replace. */
  allowSendingNow(by: RappelFunction): void {
    this.#allowSchedules(by, ["scheduler:DeleteSchedule"]);
    this.allowSending(by);
  }

  /** Lets a function schedule wake-ups and delete those they replace. */
  allowScheduling(by: RappelFunction): void {
    this.#allowSchedules(by, ["scheduler:CreateSchedule", "scheduler:DeleteSchedule"]);
    by.allow(["iam:PassRole"], this.role.roleArn, {
      StringEquals: { "iam:PassedToService": "scheduler.amazonaws.com" },
    });
    this.allowSending(by);
  }

  #allowSchedules(by: RappelFunction, actions: string[]): void {
    const schedules = Stack.of(this).formatArn({
      service: "scheduler",
      resource: "schedule",
      resourceName: `${this.group.ref}/*`,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    by.allow(actions, schedules);
    Validations.of(by).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${arnPrefix(by)}:schedule/${this.#groupName(by)}/*]`,
      reason:
        "Schedules are named after endpoints and times, which are unknown at synthesis: the group is the narrowest resource possible.",
    });
  }

  /** The group's name as cdk-nag prints it: in other stacks, by its CloudFormation export. */
  #groupName(by: RappelFunction): string {
    const stack = Stack.of(this);
    if (stack === Stack.of(by)) return `<${stack.resolve(this.group.logicalId)}>`;
    const { "Fn::ImportValue": name } = stack.resolve(stack.exportValue(this.group.ref));
    return name;
  }

  /** Lets a function send wake-ups that are due. */
  allowSending(by: RappelFunction): void {
    by.allow(["sqs:SendMessage"], this.queue.queueArn);
  }
}

/** As cdk-nag prints tokens; if a stage sets account and region, they are known. */
function arnPrefix(construct: Construct): string {
  const { partition, region, account } = Stack.of(construct);
  const known = (value: string, name: string) => (Token.isUnresolved(value) ? `<AWS::${name}>` : value);
  return `arn:${known(partition, "Partition")}:scheduler:${known(region, "Region")}:${known(account, "AccountId")}`;
}
