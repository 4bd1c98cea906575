import { Logger } from "@aws-lambda-powertools/logger";
import type { Log } from "../ports/operations.ts";
import { RappelError } from "../shared/errors.ts";

const logger = new Logger();

/** One line per failed attempt, of ids and figures alone: no payload, url, header or secret can get in. */
export const report: Log = {
  attemptFailed: (line) => logger.warn("attempt failed", { ...line }),
  roundFailed: (endpoint, error) =>
    logger.error("round broke off, its wake-up will come again", { endpoint, error: nameOf(error) }),
  swept: (count) => {
    if (count > 0) logger.warn("promised wake-ups were overdue and sent again", { count });
  },
  scheduleRefused: (endpoint, error) =>
    logger.warn("the Scheduler did not take a wake-up, a queue delays it instead", { endpoint, error: nameOf(error) }),
  countsLost: (account, error) =>
    logger.warn("some events may be missing from the counters, or from the watch over them", {
      account,
      error: nameOf(error),
    }),
  messageFailed: (account, error) =>
    logger.error("pack not settled, it will be received again", { account, error: nameOf(error) }),
};

/** For what nobody foresaw. */
export function reportCrash(error: unknown): void {
  logger.error("unexpected error", {
    error: nameOf(error),
    stack: error instanceof Error ? placesOf(error) : undefined,
  });
}

export function reportUndecodable(messageId: string, error: unknown): void {
  logger.error("message cannot be decoded, it goes to the dead-letter queue", { messageId, error: nameOf(error) });
}

/** A message can quote what was being read; names and codes cannot. */
function nameOf(error: unknown): string {
  if (error instanceof RappelError)
    return `${error.code}${error.cause === undefined ? "" : `: ${nameOf(error.cause)}`}`;
  if (!(error instanceof Error)) return typeof error;
  // Node's own errors are all named Error.
  return "code" in error && typeof error.code === "string" ? `${error.name}: ${error.code}` : error.name;
}

function placesOf({ stack = "" }: Error): string[] {
  return stack
    .split("\n")
    .filter((line) => line.trimStart().startsWith("at "))
    .slice(0, 10);
}
