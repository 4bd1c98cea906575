import { AttributeType, Billing, ProjectionType, TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { Key } from "aws-cdk-lib/aws-kms";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Duration } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { STATUS_INDEX } from "../../lambdas/adapters/dynamodb/table/table.ts";
import { KEY_PURPOSE } from "../../lambdas/adapters/dynamodb/vault.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import type { RappelFunction } from "../constructs/rappel-function.ts";
import { removalPolicy } from "../constructs/removal.ts";
import { WakeUps } from "../constructs/wake-ups.ts";
import { answerFindings, QUEUE_FINDINGS } from "../findings.ts";
import type { PartProps } from "./part-props.ts";

/** The longest that SQS allows: accepted events survive any outage shorter than two weeks. */
const QUEUE_RETENTION = Duration.days(14);

/**
 * Everything that must outlive a deployment. The queues are here because they are state too: between its 202 and its log
 * entry an event is only in `EventsQueue`, or in `EventsDeadLetters` until it is redriven.
 */
export class State extends Construct {
  readonly table: TableV2;
  readonly eventsQueue: Queue;
  readonly eventsDeadLetters: Queue;
  readonly wakeUps: WakeUps;
  /** Wraps the data key that encrypts endpoints' secrets. */
  readonly sealingKey: Key;

  constructor(scope: Construct, id: string, { settings, name }: PartProps) {
    super(scope, id);

    // TableV2: a replica in another region can be added without replacing the table.
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
          // Sparse: only endpoints with a scheduled wake-up have its keys.
          indexName: "wakes",
          partitionKey: { name: "wakeShard", type: AttributeType.STRING },
          sortKey: { name: "wakeKey", type: AttributeType.STRING },
          projectionType: ProjectionType.KEYS_ONLY,
        },
        {
          // Sparse: deliveries that did not succeed at the first attempt, and endpoints that are not active.
          indexName: STATUS_INDEX.name,
          partitionKey: { name: STATUS_INDEX.partitionKey, type: AttributeType.STRING },
          sortKey: { name: STATUS_INDEX.sortKey, type: AttributeType.STRING },
          projectionType: ProjectionType.INCLUDE,
          nonKeyAttributes: ["endpoint", "account", "type", "status", "reason", "lastCode"],
        },
      ],
    });

    this.sealingKey = new Key(this, "SealingKey", {
      description: `${name}: secrets, headers and credentials of endpoints`,
      enableKeyRotation: true, // once a year; older ciphertexts stay readable
      removalPolicy: removalPolicy(settings),
    });

    const queue = {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      maxMessageSizeBytes: LIMITS.queueMessageBytes,
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
    // Created last: with its deletion protection it could not be deleted when a first deployment is rolled back.
    this.table.node.addDependency(this.sealingKey, this.eventsQueue, this.eventsDeadLetters, this.wakeUps);
  }

  /** Lets a function decrypt endpoints' secrets. @param more further actions on the key */
  allowUnsealing(by: RappelFunction, more: readonly string[] = []): void {
    by.allow(["kms:Decrypt", ...more], this.sealingKey.keyArn, {
      StringEquals: { "kms:EncryptionContext:purpose": KEY_PURPOSE.purpose },
    });
  }
}
