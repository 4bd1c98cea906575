import { Logger } from "@aws-lambda-powertools/logger";
import type { Log } from "../ports/operations.ts";
import { RappelError } from "../shared/errors.ts";

const logger = new Logger();

/** The log for operators, with ids and numbers only: never a payload, a url, a header or a secret. */
export const report: Log = {
  attemptFailed: (line) => logger.warn("attempt failed", { ...line }),
  roundFailed: (endpoint, error) =>
    logger.error("retry round failed; it will run again", { endpoint, error: nameOf(error) }),
  redriven: (counts) => logger.warn("dead letters were sent again, or deleted if they were wake-ups", { ...counts }),
  swept: (count) => {
    if (count > 0) logger.warn("overdue wake-ups were sent again", { count });
  },
  scheduleRefused: (endpoint, error) =>
    logger.warn("EventBridge Scheduler did not accept a wake-up; it was sent as a delayed queue message instead", {
      endpoint,
      error: nameOf(error),
    }),
  countsLost: (account, error) =>
    logger.warn("some events may be missing from the counters or from the failure rate", {
      account,
      error: nameOf(error),
    }),
  activityLost: (account, error) =>
    logger.error("a change was made, but could not be added to the account's activity", {
      account,
      error: nameOf(error),
    }),
  messageFailed: (account, error) =>
    logger.error("message failed; it will be received again", { account, error: nameOf(error) }),
};

/** For unexpected errors. */
export function reportCrash(error: unknown): void {
  logger.error("unexpected error", {
    error: nameOf(error),
    stack: error instanceof Error ? stackLinesOf(error) : undefined,
  });
}

/** For the messages of a function's queue. */
export const queueReport = {
  undecodable: (messageId: string, error: unknown): void =>
    logger.error("message cannot be decoded; it goes to the dead-letter queue", { messageId, error: nameOf(error) }),
  hiddenLonger: (error: unknown): void =>
    logger.warn("failed messages stay hidden for the whole visibility timeout", { error: nameOf(error) }),
};

/** The name and code of an error. Its message could quote a payload. */
function nameOf(error: unknown): string {
  if (error instanceof RappelError)
    return `${error.code}${error.cause === undefined ? "" : `: ${nameOf(error.cause)}`}`;
  if (!(error instanceof Error)) return typeof error;
  // Node's own errors are all named Error.
  return "code" in error && typeof error.code === "string" ? `${error.name}: ${error.code}` : error.name;
}

function stackLinesOf({ stack = "" }: Error): string[] {
  return stack
    .split("\n")
    .filter((line) => line.trimStart().startsWith("at "))
    .slice(0, 10);
}
