import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KMSClient } from "@aws-sdk/client-kms";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SQSClient } from "@aws-sdk/client-sqs";
import { RappelError } from "../../shared/errors.ts";
import { queueClient } from "./queue-client.ts";

// Ours: both services respond within some 10 ms. Three tries take at most 12 s, long before a function times out.
const TIMEOUTS = { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true };
const TRIES = 3;
const TRIES_AFTER_FAST_PATH = TRIES - 1;
// Ours: for a fan-out to 50 endpoints, with 32 events recorded at the same time.
const SOCKETS_MAX = 100;
const PAUSE_MS = 1_000; // ours: between two calls, in addition to the SDK's retries

const config = () => ({ maxAttempts: TRIES, requestHandler: { ...TIMEOUTS, httpsAgent: { maxSockets: SOCKETS_MAX } } });

const retryingFor =
  (retryMs: number) =>
  <A, R>(next: (args: A) => Promise<R>) =>
  async (args: A): Promise<R> => {
    for (const until = Date.now() + retryMs; ; await sleep(PAUSE_MS)) {
      try {
        return await next(args);
      } catch (error) {
        if (!isTemporary(error)) throw error;
        if (Date.now() + PAUSE_MS > until) throw unavailable(error);
      }
    }
  };

/** @param retryMs how long temporary errors are retried, in addition to the SDK's retries */
export function dynamodbClient(retryMs = 0): DynamoDBClient {
  const client = new DynamoDBClient({ ...config(), maxAttempts: TRIES_AFTER_FAST_PATH });
  client.middlewareStack.add(retryingFor(retryMs), { step: "initialize", name: "outlastErrors" });
  return client;
}

/** For decrypting endpoints' secrets. @param retryMs as for the table */
export function kmsClient(retryMs = 0): KMSClient {
  const client = new KMSClient(config());
  client.middlewareStack.add(retryingFor(retryMs), { step: "initialize", name: "outlastErrors" });
  return client;
}

export function sqsClient(): SQSClient {
  return queueClient(new SQSClient({ ...config(), maxAttempts: TRIES_AFTER_FAST_PATH }));
}

export function schedulerClient(): SchedulerClient {
  return new SchedulerClient(config());
}

/** Server errors, throttling, or no response: the same request may succeed later. */
function isTemporary(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { name } = error;
  const isThrottled = /Throttl|ThroughputExceeded|RequestLimitExceeded|TransactionInProgress/.test(name);
  const isServerError = "$fault" in error && error.$fault === "server";
  const hasNoAnswer = !("$fault" in error) && ("code" in error || name === "TimeoutError");
  return isThrottled || isServerError || hasNoAnswer;
}

/** The error while the table or the key cannot be used. */
export function unavailable(cause: unknown): RappelError {
  return new RappelError("STORE_UNAVAILABLE", "The table or its encryption key does not respond: try again later", {
    retryAfterSeconds: 5,
    cause,
  });
}
