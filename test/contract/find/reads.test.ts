import { randomUUID } from "node:crypto";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { BatchGetCommand, QueryCommand, type QueryCommandOutput } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dynamoClaims } from "../../../lambdas/adapters/dynamodb/claims.ts";
import { dynamoDeliveries } from "../../../lambdas/adapters/dynamodb/deliveries.ts";
import { dynamoEventLog } from "../../../lambdas/adapters/dynamodb/event-log.ts";
import { dynamoStates } from "../../../lambdas/adapters/dynamodb/states.ts";
import { openTable } from "../../../lambdas/adapters/dynamodb/table/table.ts";
import { dynamoUnsuccessfulDeliveries } from "../../../lambdas/adapters/dynamodb/unsuccessful-deliveries.ts";
import { listDeliveries } from "../../../lambdas/events/list-deliveries.ts";
import { listEvents } from "../../../lambdas/events/list-events.ts";
import { newId } from "../../../lambdas/shared/ids.ts";
import { dynamodbClient } from "../../../local/emulator/engines/aws-clients.ts";
import { startDynamodb } from "../../../local/emulator/engines/dynamodb.ts";
import { memoryClock } from "../../../local/simulator/memory/clock.ts";
import { memoryEndpoints } from "../../../local/simulator/memory/endpoints.ts";
import { logged, NEVER, random } from "../examples.ts";
import { createTable } from "../table.ts";

const EVENTS = 400;
const FAILED = 40;

/** The reads of a page do not depend on how many events succeeded: the index has no entry for those. */
describe("reads of a page", () => {
  let stop = async () => {};
  let client: DynamoDBClient;
  const read = { queries: 0, items: 0, batches: 0 };
  const ep = newId("ep", 1, random);
  const ports = () => {
    const table = openTable(tableName, client);
    const send: (command: QueryCommand | BatchGetCommand) => Promise<QueryCommandOutput> = table.client.send.bind(
      table.client,
    );
    const counting = async (command: QueryCommand | BatchGetCommand) => {
      const answer = await send(command);
      if (command instanceof QueryCommand) {
        read.queries++;
        read.items += answer.ScannedCount ?? 0;
      }
      if (command instanceof BatchGetCommand) read.batches++;
      return answer;
    };
    Object.assign(table.client, { send: counting });
    const clock = memoryClock();
    return {
      clock,
      log: dynamoEventLog(table, clock),
      deliveries: dynamoDeliveries(table),
      unsuccessful: dynamoUnsuccessfulDeliveries(table),
      states: dynamoStates(table),
      claims: dynamoClaims(table),
      endpoints: memoryEndpoints().endpoints,
    };
  };
  const tableName = `reads-${randomUUID()}`;

  beforeAll(async () => {
    const engine = await startDynamodb();
    client = dynamodbClient({ dynamodb: engine.url, sqs: engine.url, kms: engine.url });
    stop = engine.stop;
    await createTable(client, tableName);
    const { log, deliveries } = ports();
    const result = { code: 200, durationMs: 1, at: 1 };
    for (let n = 0; n < EVENTS; n++) {
      const isFailed = n % (EVENTS / FAILED) === 0;
      const event = logged({
        account: "acme",
        id: newId("evt", 1_000 + n, random),
        ...(isFailed ? { parked: { [ep]: { ...result, code: 500, dueAt: 2 } } } : { delivered: { [ep]: result } }),
      });
      await log.add(event);
      const { id: eventId, account, type } = event;
      if (isFailed)
        await deliveries.recordOutcome({
          endpoint: ep,
          account,
          eventId,
          type,
          status: "exhausted",
          reason: "schedule",
          endedAt: 3,
          attempts: [],
          keptUntil: NEVER,
        });
    }
  });
  afterAll(() => stop());
  const counted = async <T>(act: () => Promise<T>) => {
    Object.assign(read, { queries: 0, items: 0, batches: 0 });
    return { page: await act(), ...read };
  };

  it("what failed is found in 8 queries of the index and a few items more than the page shows", async () => {
    const events = await counted(() => listEvents(ports(), "acme", { status: "failed", limit: 50 }));
    expect(events.page.items).toHaveLength(FAILED);
    expect(events).toMatchObject({ queries: 8, items: FAILED, batches: 3 }); // events, pending and ended deliveries
    const deliveries = await counted(() => listDeliveries(ports(), "acme", { statuses: ["exhausted"], limit: 50 }));
    expect(deliveries.page.items).toHaveLength(FAILED);
    expect(deliveries.queries).toBe(8);
    expect(deliveries.batches).toBe(3); // pending and ended deliveries, states
  });

  it("a page reads each shard's part of the list and a few items more", async () => {
    const { page, queries, items } = await counted(() => listEvents(ports(), "acme", { limit: 20 }));
    expect(page.items).toHaveLength(20);
    expect(queries).toBeLessThanOrEqual(16);
    expect(items).toBeLessThanOrEqual(2 * 8 * (3 + 3));
  });

  it("a filter that nothing matches ends after five rounds or the whole log, and says how far it has come", async () => {
    const { page, queries } = await counted(() => listEvents(ports(), "acme", { type: "none", limit: 20 }));
    expect(page).toEqual({ items: [] });
    expect(queries).toBe(3 * 8); // of 6, 24 and 96 items of each shard
  });

  it("a filter that everything matches reads no more than a page without one", async () => {
    const all = await counted(() => listEvents(ports(), "acme", { limit: 20 }));
    const ofType = await counted(() => listEvents(ports(), "acme", { type: "email.opened", limit: 20 }));
    expect(ofType.page.items).toEqual(all.page.items);
    expect([ofType.queries, ofType.items]).toEqual([all.queries, all.items]);
  });
});
