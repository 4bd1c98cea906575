import { EventSourceMapping } from "aws-cdk-lib/aws-lambda";
import { Stack } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import { LIMITS } from "../lambdas/core/limits.ts";
import { RappelFunction } from "./rappel-function.ts";
import type { FunctionStackProps } from "./stack-props.ts";
import type { StateStack } from "./state-stack.ts";

export interface DeliveryStackProps extends FunctionStackProps {
  readonly state: StateStack;
}

/** From the queue to the receivers. The dead-letter queue is state and lives there. */
export class DeliveryStack extends Stack {
  readonly dispatch: RappelFunction;

  constructor(scope: Construct, id: string, { settings, code, state, ...props }: DeliveryStackProps) {
    super(scope, id, props);

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
        TABLE_NAME: state.table.tableName,
        HTTPS_ONLY: String(settings.httpsOnly),
        ALLOW_LOOPBACK: String(settings.allowLoopback),
      },
    });
    this.dispatch.allow(
      [
        "dynamodb:BatchGetItem",
        "dynamodb:DeleteItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:BatchWriteItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
      ],
      state.table.tableArn,
    );
    // By hand and not by SqsEventSource, which also grants ChangeMessageVisibility and GetQueueUrl.
    this.dispatch.allow(
      ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
      state.eventsQueue.queueArn,
    );

    new EventSourceMapping(this, "Events", {
      target: this.dispatch.lambda,
      eventSourceArn: state.eventsQueue.queueArn,
      // The most that needs no batching window: a window would add its seconds to every lone event.
      batchSize: 10,
      // Slow receivers hold invocations for seconds; what they may not take is left for accept and api.
      maxConcurrency: settings.dispatchConcurrency,
      reportBatchItemFailures: true,
    });
  }
}
