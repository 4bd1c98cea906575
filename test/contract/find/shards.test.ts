import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dynamoDeliveries } from "../../../lambdas/adapters/dynamodb/deliveries.ts";
import { dynamoEventLog } from "../../../lambdas/adapters/dynamodb/event-log.ts";
import { openTable, type Table } from "../../../lambdas/adapters/dynamodb/table/table.ts";
import { dynamoUnsuccessfulDeliveries } from "../../../lambdas/adapters/dynamodb/unsuccessful-deliveries.ts";
import { eventIdFrom, newId, SHARDS_MAX, SHARDS_MIN } from "../../../lambdas/shared/ids.ts";
import { dynamodbClient } from "../../../local/emulator/engines/aws-clients.ts";
import { startDynamodb } from "../../../local/emulator/engines/dynamodb.ts";
import { memoryClock } from "../../../local/simulator/memory/clock.ts";
import { logged, pendingWith, random } from "../examples.ts";
import { createTable } from "../table.ts";

const EVENTS = 300;

/** After the setting was raised, from 8 to 64: events from before it and from after it are in the table. */
describe("a table whose shards were raised", () => {
  let stop = async () => {};
  let table: Table;
  const ep = newId("ep", 1, random);
  const ids = Array.from({ length: EVENTS }, (_, n) =>
    eventIdFrom(1_000 + n, 0, `seed ${n}`, n < EVENTS / 2 ? SHARDS_MIN : SHARDS_MAX),
  );

  beforeAll(async () => {
    const engine = await startDynamodb();
    const client = dynamodbClient({ dynamodb: engine.url, sqs: engine.url, kms: engine.url });
    stop = engine.stop;
    const name = `shards-${randomUUID()}`;
    await createTable(client, name);
    table = openTable(name, client, SHARDS_MAX);
    const log = dynamoEventLog(table, memoryClock());
    const parked = { [ep]: { code: 500, durationMs: 1, at: 1, dueAt: 2 } };
    await Promise.all(ids.map((id) => log.add(logged({ account: "acme", id, parked }))));
    await dynamoDeliveries(table).addNewToBacklog(ids.map((eventId) => pendingWith(ep, { eventId })));
  });
  afterAll(() => stop());

  it("lists all events, in order", async () => {
    const log = dynamoEventLog(table, memoryClock());
    const found: string[] = [];
    for (let before: string | undefined, isLast = false; !isLast; ) {
      const page = await log.list("acme", { limit: 50, ...(before !== undefined && { before }) });
      found.push(...page.items.map(({ id }) => id));
      [before, isLast] = [page.next, page.next === undefined];
    }
    expect(found).toEqual(ids.toReversed());
    const oldest = (await log.oldest("acme", { after: "", limit: 200 })).map(({ id }) => id);
    expect(oldest.length).toBeGreaterThan(20);
    expect(oldest).toEqual(ids.slice(0, oldest.length));
    expect((await log.find("acme", ids)).size).toBe(EVENTS);
  });

  it("counts and reads the whole backlog", async () => {
    const deliveries = dynamoDeliveries(table);
    expect(await deliveries.count(ep, { max: 1_000 })).toBe(EVENTS);
    expect(await deliveries.summary(ep, 1_000)).toEqual({ count: EVENTS, oldest: { eventId: ids[0], dueAt: 9 } });
    const found: string[] = [];
    while (found.length < EVENTS) {
      const next = await deliveries.oldest(ep, { after: found.at(-1) ?? "", limit: 100 });
      if (next.length === 0) break;
      found.push(...next.map(({ eventId }) => eventId));
    }
    expect(found).toEqual(ids);
  });

  it("finds what did not go well", async () => {
    const query = { groups: ["pending"], limit: EVENTS, order: "oldest first" } as const;
    const page = await dynamoUnsuccessfulDeliveries(table).list("acme", query);
    expect(page.items.length).toBeGreaterThan(100);
    expect(page.items.map(({ eventId }) => eventId)).toEqual(ids.slice(0, page.items.length));
  });
});
