import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { hiddenSecondsOfEvents } from "../../lambdas/runtime/sqs-handler.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { templateOf } from "./template.ts";

const state = templateOf("state");

describe("data", () => {
  it("tables, queues and keys stay in the account if they leave the template of prod", () => {
    const kept = { DeletionPolicy: "RetainExceptOnCreate", UpdateReplacePolicy: "Retain" };
    state.allResources("AWS::DynamoDB::GlobalTable", kept);
    state.allResources("AWS::SQS::Queue", kept);
    state.allResources("AWS::KMS::Key", kept); // without the key no secret can be opened
  });

  it("data is deleted with its stack if the settings say destroy", () => {
    const local = templateOf("state", "local");
    local.allResources("AWS::DynamoDB::GlobalTable", { DeletionPolicy: "Delete" });
    local.allResources("AWS::SQS::Queue", { DeletionPolicy: "Delete" });
  });
});

describe("the table", () => {
  it("the table has the keys, time to live and indexes that the code uses", () => {
    state.hasResourceProperties("AWS::DynamoDB::GlobalTable", {
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: true },
      GlobalSecondaryIndexes: [
        {
          IndexName: "wakes",
          KeySchema: [
            { AttributeName: "wakeShard", KeyType: "HASH" },
            { AttributeName: "wakeKey", KeyType: "RANGE" },
          ],
          Projection: { ProjectionType: "KEYS_ONLY" },
        },
        {
          IndexName: "statuses",
          KeySchema: [
            { AttributeName: "statusGroup", KeyType: "HASH" },
            { AttributeName: "statusKey", KeyType: "RANGE" },
          ],
          Projection: {
            ProjectionType: "INCLUDE",
            NonKeyAttributes: ["endpoint", "account", "type", "status", "reason", "lastCode"],
          },
        },
      ],
    });
  });

  it("the table is billed per request, has point-in-time recovery and deletion protection", () => {
    state.hasResourceProperties("AWS::DynamoDB::GlobalTable", {
      BillingMode: "PAY_PER_REQUEST",
      Replicas: [
        Match.objectLike({
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        }),
      ],
    });
  });
});

describe("the queues", () => {
  it("a message is hidden for at least six times the timeout of dispatch", () => {
    expect(LIMITS.visibilitySeconds).toBeGreaterThanOrEqual(6 * LIMITS.functionSeconds);
    state.hasResourceProperties("AWS::SQS::Queue", { VisibilityTimeout: LIMITS.visibilitySeconds });
  });

  it("a wake-up is hidden until the lease of a killed round has ended", () => {
    expect(LIMITS.wakeVisibilitySeconds).toBeGreaterThan(LIMITS.functionSeconds + LIMITS.leaseSlackMs / 1_000);
    state.hasResourceProperties("AWS::SQS::Queue", {
      VisibilityTimeout: LIMITS.wakeVisibilitySeconds,
      RedrivePolicy: { maxReceiveCount: LIMITS.wakeReceives },
    });
  });

  it("a message of events is received for days of failures before it is a dead letter", () => {
    const hidden = Array.from({ length: LIMITS.maxReceives }, (_, n) => hiddenSecondsOfEvents(n + 1));
    expect(hidden.reduce((sum, seconds) => sum + seconds)).toBeGreaterThan(4 * 86_400);
    expect(LIMITS.maxReceives).toBeLessThanOrEqual(1_000); // SQS
  });

  it("failed messages move to the dead-letter queue, and both queues keep messages for 14 days", () => {
    state.hasResourceProperties("AWS::SQS::Queue", {
      RedrivePolicy: {
        deadLetterTargetArn: { "Fn::GetAtt": ["EventsDeadLetters49D856A5", "Arn"] },
        maxReceiveCount: LIMITS.maxReceives,
      },
    });
    state.resourcePropertiesCountIs("AWS::SQS::Queue", { MessageRetentionPeriod: 14 * 86_400 }, 3);
    // For wake-ups only the dead letters, because the sweeper resends lost ones.
    state.resourcePropertiesCountIs("AWS::SQS::Queue", { MessageRetentionPeriod: 4 * 86_400 }, 1);
  });

  it("every queue accepts messages of 1 MiB, whatever SQS's default is: the largest event takes three quarters of it", () => {
    state.allResourcesProperties("AWS::SQS::Queue", { MaximumMessageSize: 1_048_576 });
  });

  it("the queues are encrypted and require TLS", () => {
    state.allResourcesProperties("AWS::SQS::Queue", { SqsManagedSseEnabled: true });
    state.resourceCountIs("AWS::SQS::QueuePolicy", 4);
    state.allResourcesProperties("AWS::SQS::QueuePolicy", {
      PolicyDocument: Match.objectLike({
        Statement: [Match.objectLike({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } })],
      }),
    });
  });
});

describe("the Scheduler", () => {
  it("the Scheduler may send wake-ups only for schedules of this group and account", () => {
    state.hasResourceProperties("AWS::IAM::Role", {
      AssumeRolePolicyDocument: Match.objectLike({
        Statement: [
          Match.objectLike({
            Principal: { Service: "scheduler.amazonaws.com" },
            Condition: {
              StringEquals: {
                "aws:SourceAccount": { Ref: "AWS::AccountId" },
                "aws:SourceArn": { "Fn::GetAtt": [Match.stringLikeRegexp("^WakeUpsGroup"), "Arn"] },
              },
            },
          }),
        ],
      }),
    });
    // A name of ours would collide with a group that is still being deleted.
    state.hasResource("AWS::Scheduler::ScheduleGroup", {
      DeletionPolicy: "Delete",
      Properties: { Name: Match.absent() },
    });
  });
});
