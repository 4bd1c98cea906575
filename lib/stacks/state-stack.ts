import { AttributeType, Billing, ProjectionType, TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { Key } from "aws-cdk-lib/aws-kms";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Duration, Stack } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import { KEY_PURPOSE } from "../../lambdas/adapters/dynamodb/vault.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import type { RappelFunction } from "../constructs/rappel-function.ts";
import { removalPolicy } from "../constructs/removal.ts";
import { WakeUps } from "../constructs/wake-ups.ts";
import { answerFindings, QUEUE_FINDINGS } from "../findings.ts";
import type { RappelStackProps } from "./stack-props.ts";

/** SQS's longest: events that were answered with 202 wait through any outage that is mended within two weeks. */
const QUEUE_RETENTION = Duration.days(14);

/**
 * What must outlive a deployment. The queues live here, not beside their functions, because they are state too: an
 * event is in `EventsQueue` alone between its 202 and its log entry, and in `EventsDeadLetters` until somebody looks.
 * Three things keep a renamed construct from replacing one of them unnoticed: the stack tests pin their logical ids;
 * the other stacks import them by CloudFormation exports, which cannot change while they are in use; and where
 * `stateRemoval` is `retain`, what has left the template stays in the account.
 */
export class StateStack extends Stack {
  readonly table: TableV2;
  readonly eventsQueue: Queue;
  readonly eventsDeadLetters: Queue;
  readonly wakeUps: WakeUps;
  /** Wraps the data key that what is secret of endpoints is sealed with. */
  readonly sealingKey: Key;

  constructor(scope: Construct, id: string, { settings, ...props }: RappelStackProps) {
    super(scope, id, { ...props, terminationProtection: settings.stateRemoval === "retain" });

    // TableV2, so that a replica in another region can be added without replacing the table.
    this.table = new TableV2(this, "Table", {
      partitionKey: { name: "pk", type: AttributeType.STRING },
      sortKey: { name: "sk", type: AttributeType.STRING },
      billing: Billing.onDemand(),
      timeToLiveAttribute: "expiresAt",
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: settings.pointInTimeRecovery },
      deletionProtection: settings.stateRemoval === "retain",
      removalPolicy: removalPolicy(settings),
      globalSecondaryIndexes: [
        {
          // Sparse: only endpoints with a promised wake-up carry its keys.
          indexName: "wakes",
          partitionKey: { name: "wakeShard", type: AttributeType.STRING },
          sortKey: { name: "wakeKey", type: AttributeType.STRING },
          projectionType: ProjectionType.KEYS_ONLY,
        },
      ],
    });

    this.sealingKey = new Key(this, "SealingKey", {
      description: `${id}: secrets, headers and credentials of endpoints`,
      enableKeyRotation: true, // once a year; what was wrapped before is still unwrapped
      removalPolicy: removalPolicy(settings),
    });

    const queue = {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: QUEUE_RETENTION,
      removalPolicy: removalPolicy(settings),
    };
    this.eventsDeadLetters = new Queue(this, "EventsDeadLetters", queue);
    this.eventsQueue = new Queue(this, "EventsQueue", {
      ...queue,
      visibilityTimeout: Duration.seconds(LIMITS.visibilitySeconds),
      deadLetterQueue: { queue: this.eventsDeadLetters, maxReceiveCount: LIMITS.maxReceives },
    });
    for (const each of [this.eventsQueue, this.eventsDeadLetters]) answerFindings(each, QUEUE_FINDINGS);
    this.wakeUps = new WakeUps(this, "WakeUps", settings);
  }

  /** Lets a function read what is secret of endpoints. @param more what else it may do with the key */
  allowUnsealing(by: RappelFunction, more: readonly string[] = []): void {
    by.allow(["kms:Decrypt", ...more], this.sealingKey.keyArn, {
      StringEquals: { "kms:EncryptionContext:purpose": KEY_PURPOSE.purpose },
    });
  }
}
