import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { describe, expect, it } from "vitest";
import { dynamoAccounts } from "../../lambdas/adapters/dynamodb/accounts.ts";
import { dynamoClaims } from "../../lambdas/adapters/dynamodb/claims.ts";
import { dynamoDeliveries } from "../../lambdas/adapters/dynamodb/deliveries.ts";
import { dynamoEventLog } from "../../lambdas/adapters/dynamodb/event-log.ts";
import { dynamoSessions } from "../../lambdas/adapters/dynamodb/sessions/sessions.ts";
import { dynamoStats } from "../../lambdas/adapters/dynamodb/stats.ts";
import type { Table } from "../../lambdas/adapters/dynamodb/table/table.ts";
import { newId } from "../../lambdas/shared/ids.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { leftoverTimeToLive } from "../../lambdas/shared/retention.ts";
import { memoryClock } from "../../local/simulator/memory/clock.ts";
import { logged, pendingWith, random } from "../contract/examples.ts";

const DAY_SECONDS = 86_400;
const ACCEPTED_AT = Date.UTC(2026, 10, 21, 12);
const KEPT_UNTIL = ACCEPTED_AT + 30 * DAY_SECONDS * 1_000;

/** A table that stores nothing. `expirySeconds` are the times to live that were written to it, epoch seconds. */
function recordingTable() {
  const expirySeconds: number[] = [];
  const note = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [name, inner] of Object.entries(value))
      if ((name === "expiresAt" || name === ":until") && typeof inner === "number") expirySeconds.push(inner);
      else note(inner);
  };
  const send = async ({ input }: { input: unknown }) => {
    note(input);
    return {};
  };
  const client = { send };
  return {
    expirySeconds,
    table: { name: "t", shards: 8, client: client as unknown as DynamoDBDocumentClient } satisfies Table,
  };
}

const eventId = newId("evt", ACCEPTED_AT, random);
const pending = pendingWith("ep_1", { eventId, keptUntil: KEPT_UNTIL });
const ended = { ...pending, status: "delivered", endedAt: ACCEPTED_AT } as const;
const claim = { owner: "acme", key: "k", hash: "h", acceptedAt: ACCEPTED_AT, seed: "s", isDone: false };
const claimedAt = ACCEPTED_AT + 5_000;
const window = { at: ACCEPTED_AT, counts: { "e#ok": 1 } };
const deletion = { requestedAt: ACCEPTED_AT, phase: "done", endpoints: [], eventsErased: 0 } as const;

describe("the time to live of items in the table", () => {
  it.each<[string, (table: Table) => Promise<unknown>]>([
    ["one that joins a backlog", (table) => dynamoDeliveries(table).addToBacklog(pending)],
    ["one of a new event", (table) => dynamoDeliveries(table).addNewToBacklog([pending])],
    ["one that failed again", (table) => dynamoDeliveries(table).revise({ ...pending, failures: 1 }, pending)],
  ])("a pending delivery outlives the longest retention, whatever its account keeps: %s", async (_, write) => {
    const { expirySeconds, table } = recordingTable();
    await write(table);
    const retentionEnds = ACCEPTED_AT / 1_000 + LIMITS.retentionDaysMax * DAY_SECONDS;
    expect(expirySeconds).toEqual([retentionEnds + 2 * DAY_SECONDS]);
  });

  it.each<[string, number, (table: Table) => Promise<unknown>]>([
    ["a final outcome", KEPT_UNTIL, (table) => dynamoDeliveries(table).recordOutcome(ended)],
    [
      "an event",
      KEPT_UNTIL,
      (table) =>
        dynamoEventLog(table, memoryClock()).add(
          logged({ id: eventId, acceptedAt: ACCEPTED_AT, keptUntil: KEPT_UNTIL }),
        ),
    ],
    ["a window of the statistics", KEPT_UNTIL, (table) => dynamoStats(table).add("events", "acme", window, KEPT_UNTIL)],
    [
      "the number of a window's shards",
      KEPT_UNTIL,
      (table) => dynamoStats(table).announceShards("events", "acme", { at: 0, shards: 2 }, KEPT_UNTIL),
    ],
    [
      "the claim of an Idempotency-Key",
      claimedAt + DAY_SECONDS * 1_000,
      (table) => dynamoClaims(table).claim({ ...claim, claimedAt }),
    ],
    [
      "the claim of an eventId",
      claimedAt + DAY_SECONDS * 1_000,
      (table) => dynamoClaims(table).claimEventId({ account: "acme", eventId: "e", id: eventId, hash: "h" }, claimedAt),
    ],
    [
      "the record of a deletion",
      ACCEPTED_AT + LIMITS.deletedAccountDays * DAY_SECONDS * 1_000,
      (table) => dynamoAccounts(table).noteDeletion("acme", deletion),
    ],
  ])("%s lives as long as it is kept, and not longer", async (_, until, write) => {
    const { expirySeconds, table } = recordingTable();
    await write(table);
    expect(expirySeconds).toEqual([until / 1_000]);
  });

  it.each([
    ["a link, until the last session that it can open has ended", { link: { codeHash: "", validUntil: ACCEPTED_AT } }],
    ["an open session, until it ends", { tokenHash: "", validUntil: ACCEPTED_AT + 60_000 }],
  ])("%s", async (_, kind) => {
    const { expirySeconds, table } = recordingTable();
    const session = { id: "ses_1", account: "acme", keyId: "key_1", scopes: [], createdAt: 0, lastsSeconds: 60 };
    await dynamoSessions(table).add({ ...session, ...kind });
    expect(expirySeconds).toEqual([ACCEPTED_AT / 1_000 + 60, ACCEPTED_AT / 1_000 + 60]);
  });

  it("the time to live is a whole second, rounded up: nothing is deleted early", () => {
    expect(leftoverTimeToLive(1)).toBe(leftoverTimeToLive(1_000));
    expect(leftoverTimeToLive(1_001)).toBe(leftoverTimeToLive(1_000) + 1);
  });
});
