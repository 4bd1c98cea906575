import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KMSClient } from "@aws-sdk/client-kms";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SQSClient } from "@aws-sdk/client-sqs";
import { RappelError } from "../../shared/errors.ts";

// Ours. Both services answer within some 10 ms; whoever waits for them is told long before a function's own time is up.
// Three tries with these make 12 s at the most.
const TIMEOUTS = { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true };
const TRIES = 3;
// A fan-out to 50 endpoints, settled 32 events at a time.
const SOCKETS_MAX = 100;
/**
 * For how long functions that no caller waits for go on asking a table, or a key, that does not answer now, ms. Ours. What they
 * give up is received again only when the queue's visibility timeout has ended, minutes later, and what was POSTed but not
 * written down is then POSTed again.
 */
export const PATIENCE_MS = 20_000;
const PAUSE_MS = 1_000; // ours: between two times of asking, beside the SDK's own

const config = () => ({ maxAttempts: TRIES, requestHandler: { ...TIMEOUTS, httpsAgent: { maxSockets: SOCKETS_MAX } } });

const outlastingErrors =
  (patienceMs: number) =>
  <A, R>(next: (args: A) => Promise<R>) =>
  async (args: A): Promise<R> => {
    for (const until = Date.now() + patienceMs; ; await sleep(PAUSE_MS)) {
      try {
        return await next(args);
      } catch (error) {
        if (!isPassing(error)) throw error;
        if (Date.now() + PAUSE_MS > until) throw unavailable(error);
      }
    }
  };

/** @param patienceMs how long what fails for now is asked again, beyond the SDK's tries */
export function dynamodbClient(patienceMs = 0): DynamoDBClient {
  const client = new DynamoDBClient(config());
  client.middlewareStack.add(outlastingErrors(patienceMs), { step: "initialize", name: "outlastErrors" });
  return client;
}

/** Without it endpoints cannot be read, as without the table. @param patienceMs as the table's */
export function kmsClient(patienceMs = 0): KMSClient {
  const client = new KMSClient(config());
  client.middlewareStack.add(outlastingErrors(patienceMs), { step: "initialize", name: "outlastErrors" });
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
