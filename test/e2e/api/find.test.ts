import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { DeliveryList } from "../../../lambdas/http/responses/delivery-responses.ts";
import { EventList } from "../../../lambdas/http/responses/event-responses.ts";
import { readExport } from "../../../local/export/read-export.ts";
import { eventually, openFixture, register } from "../support/fixture.ts";
import type { Caller } from "../support/harness.ts";

const { callerOf, operator, receive } = openFixture();
const PAYLOAD = '{"MessageID":19421777396190491,"amount":1.10}';

async function sendOne(caller: Caller, type: string, more = ""): Promise<string> {
  const { json } = await caller.call("POST", "/v1/events", `{"type":"${type}","data":${PAYLOAD}${more}}`);
  return z.object({ id: z.string() }).parse(json).id;
}
const eventsOf = async (caller: Caller, query: string) =>
  EventList.parse((await caller.call("GET", `/v1/events?${query}`)).json);
const deliveriesOf = async (caller: Caller, query: string) =>
  DeliveryList.parse((await caller.call("GET", `/v1/deliveries?${query}`)).json);

describe("finding what went wrong", () => {
  it("events and deliveries are found by outcome, and an operator finds the endpoint in trouble", async () => {
    const caller = await callerOf("finding");
    const good = await receive();
    const bad = await receive(() => ({ status: 503 }));
    await register(caller, good.url, { eventTypes: ["order.*", "mail.sent"] });
    const endpoint = await register(caller, bad.url, { eventTypes: ["mail.*"], retrySchedule: "standard" });
    const began = new Date(Date.now() - 1_000).toISOString();
    const ids = {
      delivered: await sendOne(caller, "order.paid"),
      both: await sendOne(caller, "mail.sent", ',"eventId":"mail-1"'),
      pending: await sendOne(caller, "mail.opened"),
      unmatched: await sendOne(caller, "nobody"),
    };
    await eventually(async () => expect((await eventsOf(caller, "limit=100")).data).toHaveLength(4));
    const found = async (query: string) =>
      (await eventsOf(caller, `after=${encodeURIComponent(began)}&${query}`)).data.map(({ id }) => id);
    await eventually(async () => expect(await found("status=pending")).toEqual([ids.pending, ids.both]));
    expect(await found("status=delivered")).toEqual([ids.delivered]);
    expect(await found("status=unmatched")).toEqual([ids.unmatched]);
    expect(await found("status=failed")).toEqual([]);
    expect(await found("type=mail.*")).toEqual([ids.pending, ids.both]);
    expect(await found(`endpoint=${endpoint}`)).toEqual([ids.pending, ids.both]);
    const [named] = (await eventsOf(caller, "eventId=mail-1&include=payload")).data;
    expect(named).toMatchObject({
      id: ids.both,
      payload: PAYLOAD,
      outcome: { endpoints: 2, delivered: 1, pending: 1, failed: 0 },
    });

    const pending = await deliveriesOf(caller, `status=pending&code=5xx&endpoint=${endpoint}`);
    expect(pending.data.map(({ eventId }) => eventId)).toEqual([ids.pending, ids.both]);
    expect(pending).toMatchObject({ nextCursor: null, scannedUntil: null });
    expect(pending.data[0]).toMatchObject({ type: "mail.opened", endpointId: endpoint, lastStatus: 503 });

    // The rest of the story: the endpoint is deleted, so its deliveries end.
    for (let n = 0; n < 8; n++) await sendOne(caller, "mail.opened");
    await eventually(async () => {
      const { json } = await (await operator()).call("GET", "/v1/endpoints?status=failing,suspended&limit=100");
      const list = z.object({ data: z.array(z.looseObject({ id: z.string(), account: z.string() })) }).parse(json);
      expect(list.data).toContainEqual(expect.objectContaining({ id: endpoint, account: "finding" }));
    });
    await caller.call("DELETE", `/v1/endpoints/${endpoint}`);
    await eventually(async () => expect(await found("status=failed&type=mail.*")).toHaveLength(10));
    const cancelled = await deliveriesOf(caller, "status=exhausted,cancelled&reason=deleted&limit=3");
    expect(cancelled.data).toHaveLength(3);
    expect(cancelled.scannedUntil).toBe(cancelled.data[2]?.acceptedAt);
    const rest = await deliveriesOf(caller, `reason=deleted&limit=100&cursor=${cancelled.nextCursor}`);
    expect(rest.data).toHaveLength(7);
  });
});

describe("an account's export", () => {
  it("an export that was read in parts holds every event and can be read offline", async () => {
    const caller = await callerOf("exporting");
    const receiver = await receive();
    await register(caller, receiver.url);
    const big = "x".repeat(150_000);
    for (let n = 0; n < 30; n++) await caller.call("POST", "/v1/events", { type: "t", data: `${n}${big}` });
    await receiver.waitFor(30);
    await eventually(async () => expect((await eventsOf(caller, "limit=100")).data).toHaveLength(30));
    const parts: string[] = [];
    let cursor = "";
    do {
      const { status, text, headers } = await caller.call("GET", `/v1/export${cursor && `?cursor=${cursor}`}`);
      expect(status).toBe(200);
      parts.push(text);
      cursor = headers.get("rappel-next-cursor") ?? "";
    } while (cursor !== "");
    expect(parts.length).toBe(2);
    const path = join(mkdtempSync(join(tmpdir(), "rappel-export-")), "events.json");
    writeFileSync(path, parts.join(""));
    const read = await readExport(path);
    expect(read.events).toBe(30);
    const { items } = await read.world.log.list("exporting", { limit: 1 });
    expect(Buffer.from(items[0]?.payload ?? []).toString()).toMatch(/^"\d+x{150000}"$/);
  });
});
