import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KMSClient } from "@aws-sdk/client-kms";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SQSClient } from "@aws-sdk/client-sqs";
import { RappelError } from "../core/errors.ts";

// Ours. Both services answer within some 10 ms; whoever waits for them is told long before a function's own time is up.
// Three tries with these make 12 s at the most.
const TIMEOUTS = { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true };
const TRIES = 3;
// A fan-out to 50 endpoints, settled 32 events at a time.
const SOCKETS_MAX = 100;

const config = () => ({ maxAttempts: TRIES, requestHandler: { ...TIMEOUTS, httpsAgent: { maxSockets: SOCKETS_MAX } } });

const tellsPassingErrors =
  <A, R>(next: (args: A) => Promise<R>) =>
  async (args: A): Promise<R> => {
    try {
      return await next(args);
    } catch (error) {
      throw isPassing(error) ? unavailable(error) : error;
    }
  };

export function dynamodbClient(): DynamoDBClient {
  const client = new DynamoDBClient(config());
  client.middlewareStack.add(tellsPassingErrors, { step: "initialize", name: "tellPassingErrors" });
  return client;
}

/** Without it endpoints cannot be read, as without the table. */
export function kmsClient(): KMSClient {
  const client = new KMSClient(config());
  client.middlewareStack.add(tellsPassingErrors, { step: "initialize", name: "tellPassingErrors" });
  return client;
}

export function sqsClient(): SQSClient {
  return new SQSClient(config());
}

export function schedulerClient(): SchedulerClient {
  return new SchedulerClient(config());
}

/** The service's own trouble, too much traffic, or no answer at all: what the same request may not meet again. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { name } = error;
  const isThrottled = /Throttl|ThroughputExceeded|RequestLimitExceeded|TransactionInProgress/.test(name);
  const isServers = "$fault" in error && error.$fault === "server";
  const hasNoAnswer = !("$fault" in error) && ("code" in error || name === "TimeoutError");
  return isThrottled || isServers || hasNoAnswer;
}

/** What a caller of the table is told when it cannot be used for now. */
export function unavailable(cause: unknown): RappelError {
  return new RappelError(
    "STORE_UNAVAILABLE",
    "The table, or the key of what it holds, does not answer now: try again",
    {
      retryAfterSeconds: 5,
      cause,
    },
  );
}
