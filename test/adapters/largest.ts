import { KEPT_HEADERS } from "../../lambdas/adapters/net/response.ts";
import type { Attempt } from "../../lambdas/delivery/model/attempt.ts";
import { newId } from "../../lambdas/shared/ids.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { seededRandom } from "../../local/simulator/memory/clock.ts";
import { eventWith } from "../support/examples.ts";

/** AWS's limits, read on 2026-11-22. */
export const AWS = {
  /** One message, and one batch. docs.aws.amazon.com, SQS API reference, SendMessageBatch. */
  sqsBytes: 1_048_576,
  /** SQS: `MessageGroupId`. docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
  groupIdChars: 128,
  /** One item, names and values. docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
  itemBytes: 400 * 1_024,
  partitionKeyBytes: 2_048,
  sortKeyBytes: 1_024,
  /** A schedule's name. docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html */
  scheduleName: /^[0-9a-zA-Z-_.]{1,64}$/,
  /** A function's input and answer. docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
  invocationBytes: 6 * 1_024 * 1_024,
} as const;

export const { next: random, bytes } = seededRandom(7);
export const at = Date.UTC(2026, 10, 22);
export const NEVER = Date.UTC(2126, 0);
export const EMOJI = "\u{1F600}";
export const payloadOf = (unit: string) =>
  Buffer.from(`"${unit.repeat(Math.floor((LIMITS.payloadBytes - 2) / Buffer.byteLength(unit)))}"`);
/** The longest names of an account, a type and an event. */
export const NAMES = { account: "a".repeat(64), type: "t".repeat(128), eventId: "e".repeat(255) };
export const largest = (payload: Buffer) =>
  eventWith({ ...NAMES, payload, id: newId("evt", at, random), acceptedAt: at, occurredAt: at - 1 });
export const ENDPOINTS = Array.from({ length: LIMITS.endpointsPerAccountMax }, () => newId("ep", at, random));

/** The most attempts that are kept, with headers and the two kept bodies filled with one character. */
export function longestAttempts(character: string): Attempt[] {
  const isHeader = character !== "\u0001";
  return Array.from({ length: LIMITS.attemptsKept }, (_, n) => ({
    outcome: "http_status",
    startedAt: at,
    durationMs: 30_000,
    answer: {
      status: 503,
      ...((n === 0 || n === LIMITS.attemptsKept - 1) && {
        body: Buffer.from(character.repeat(LIMITS.responseKeptBytes)).subarray(0, LIMITS.responseKeptBytes),
      }),
      isTruncated: true,
      headers: isHeader
        ? Object.fromEntries(KEPT_HEADERS.map((name) => [name, character.repeat(LIMITS.keptHeaderChars)]))
        : {},
    },
  }));
}
