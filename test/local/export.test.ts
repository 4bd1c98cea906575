import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { SCOPES } from "../../lambdas/accounts/model/key.ts";
import { withBacklog } from "../../lambdas/delivery/summarise-backlog.ts";
import { deleteEndpoint } from "../../lambdas/endpoints/delete-endpoint.ts";
import { findEndpoint } from "../../lambdas/endpoints/find-endpoint.ts";
import { newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { findEventWithDeliveries } from "../../lambdas/events/read-events.ts";
import { readExportPage } from "../../lambdas/export/read-export-page.ts";
import { endpointView } from "../../lambdas/http/views/endpoint-views.ts";
import { eventWithDeliveriesView } from "../../lambdas/http/views/event-views.ts";
import { exportPart } from "../../lambdas/http/views/export-views.ts";
import { newId } from "../../lambdas/shared/ids.ts";
import { readExport } from "../../local/export/read-export.ts";
import { exportApi } from "../../local/export/serve-export.ts";
import { writeExport } from "../../local/export/write-export.ts";
import { seededRandom } from "../../local/simulator/memory/clock.ts";
import { addEndpoint } from "../retry/add-endpoint.ts";
import { endpointWith } from "../support/examples.ts";
import { memoryWorld } from "../support/memory-world.ts";

const folder = mkdtempSync(join(tmpdir(), "rappel-offline-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const newPath = () => join(folder, `export-${++files}.json`);

async function endpointShown(world: ReturnType<typeof memoryWorld>, id: string) {
  const found = await findEndpoint(world, "acme", id);
  return endpointView({ ...(await withBacklog(world, found)), readAt: Date.now() }, SCOPES);
}

async function exported(world: ReturnType<typeof memoryWorld>, account = "acme") {
  const path = newPath();
  const counts = await writeExport(world, account, path, () => undefined);
  const read = await readExport(path);
  const api = exportApi(read);
  const get = async (at: string) => {
    const { pathname, searchParams } = new URL(at, "http://localhost");
    const { status, body = "" } = await api({
      method: "GET",
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: {},
      body: Buffer.alloc(0),
    });
    return { status, bytes: Buffer.from(body), json: () => JSON.parse(Buffer.from(body).toString()) };
  };
  return { path, counts, read, get };
}

describe("parts of an export", () => {
  it.each([0, 1, 7])("the parts of an export with %i events, appended, are the whole file", async (count) => {
    const world = memoryWorld();
    const hook = await addEndpoint(world, { format: "raw" });
    const sent = count === 0 ? [] : await hook.send(count, { payload: Buffer.from('{"é":"€"}') });
    const parts: string[] = [];
    let before: string | undefined;
    do {
      const part = exportPart(await readExportPage(world, "acme", before), 1_500);
      expect(Buffer.byteLength(part.text)).toBeLessThan(3_000); // the head, and at least one event
      parts.push(part.text);
      before = part.next;
    } while (before !== undefined);
    expect(parts.length).toBeGreaterThanOrEqual(count > 1 ? 2 : 1);
    const path = newPath();
    writeFileSync(path, parts.join(""));
    const read = await readExport(path);
    expect(read.events).toBe(count);
    const { items } = await read.world.log.list("acme", { limit: 100 });
    expect(items.map(({ id }) => id)).toEqual(
      sent
        .map(({ id }) => id)
        .toSorted()
        .toReversed(),
    );
  });
});

describe("reading an export", () => {
  it("an export says that it may be read, so that the console shows it without a key", async () => {
    const world = memoryWorld();
    await addEndpoint(world);
    const { get } = await exported(world);
    expect((await get("/v1/whoami")).json()).toMatchObject({ account: "acme", key: { scopes: ["read"] } });
  });

  it("an export shows each event like the live account, with its payload byte for byte", async () => {
    const world = memoryWorld(({ body }) => ({ status: Buffer.from(body).includes("refused") ? 500 : 200 }));
    const hook = await addEndpoint(world, { format: "raw" });
    const payloads = ['{"z":1.10,"1":19421777396190491,"1":1e400}', '"\uffff\u2028 é\u{1f600}"', '"refused"', " null"];
    const events = [];
    for (const payload of payloads) events.push(...(await hook.send(1, { payload: Buffer.from(payload) })));
    const { get, counts } = await exported(world);
    expect(counts).toEqual({ endpoints: 1, events: 4 });
    for (const [index, { id, account }] of events.entries()) {
      const live = eventWithDeliveriesView(await findEventWithDeliveries(world, account, id), SCOPES);
      expect((await get(`/v1/events/${id}`)).json()).toEqual(live);
      expect((await get(`/v1/events/${id}/payload`)).bytes.toString()).toBe(payloads[index]);
    }
    const { id } = hook.endpoint;
    expect((await get(`/v1/endpoints/${id}`)).json()).toEqual(await endpointShown(world, id));
    expect((await get(`/v1/endpoints/${id}/deliveries?status=pending`)).json().data).toHaveLength(1);
  });

  it("an export lists all events over any number of pages", async () => {
    const world = memoryWorld();
    const hook = await addEndpoint(world);
    for (let n = 0; n < 5; n++) await hook.send(50);
    const { get, counts } = await exported(world);
    expect(counts.events).toBe(250);
    const ids = new Set<string>();
    for (let cursor = ""; ; ) {
      const { data, nextCursor } = (await get(`/v1/events?limit=100${cursor}`)).json();
      for (const { id } of data) ids.add(id);
      if (nextCursor === null) break;
      cursor = `&cursor=${nextCursor}`;
    }
    expect(ids.size).toBe(250);
  });

  it("an export shows events that have expired since", async () => {
    const world = memoryWorld();
    world.clock.move(-400 * 86_400_000);
    const [event] = await (await addEndpoint(world)).send();
    const { get } = await exported(world);
    expect((await get(`/v1/events/${event?.id}`)).status).toBe(200);
  });

  it("pending deliveries of a deleted endpoint are shown as cancelled", async () => {
    const world = memoryWorld(() => ({ status: 500 }));
    const hook = await addEndpoint(world);
    const [event] = await hook.send();
    await deleteEndpoint(world, "acme", hook.endpoint.id);
    await world.endpoints.remove("acme", hook.endpoint.id);
    const { get, path } = await exported(world);
    const cancelled = [{ status: "cancelled", reason: "deleted" }];
    expect((await get(`/v1/events/${event?.id}`)).json().deliveries).toMatchObject(cancelled);
    expect(JSON.parse(readFileSync(path, "utf8")).events).toMatchObject([{ deliveries: cancelled }]);
  });

  it("an export holds no secret, password or header value, and shows them masked", async () => {
    const world = memoryWorld();
    const users = [
      { user: "me", password: "s3cret-word" },
      { user: "t0ken-word", password: "" },
    ];
    for (const userinfo of users) {
      const endpoint = endpointWith({ userinfo, headers: { "x-token": "h3ader-word" } });
      await world.endpoints.add(endpoint, newState(endpoint.id, "acme", world.clock.now()));
    }
    const { path, get } = await exported(world);
    expect(readFileSync(path, "utf8")).not.toMatch(/whsec_|-word/);
    const urls = (await get("/v1/endpoints")).json().data.map(({ url }: { url: string }) => url);
    expect(urls.toSorted()).toEqual(["https://***@example.com/webhooks", "https://me:***@example.com/webhooks"]);
    const live = (await world.endpoints.list("acme")).map(({ id }) => id);
    expect((await get(`/v1/endpoints/${live[0]}`)).json()).toEqual(await endpointShown(world, live[0] ?? ""));
  });

  it("an export holds no data of other accounts", async () => {
    const world = memoryWorld();
    await (await addEndpoint(world)).send();
    const [other] = await (await addEndpoint(world, { account: "other" })).send();
    const { get, counts } = await exported(world);
    expect(counts).toEqual({ endpoints: 1, events: 1 });
    expect((await get(`/v1/events/${other?.id}`)).json().code).toMatch(/^EVENT_NOT/);
  });
});

describe("writing an export", () => {
  it("an export replaces an existing file only when it is complete, and only its owner may read it", async () => {
    const world = memoryWorld();
    const hook = await addEndpoint(world);
    await hook.send(3);
    const path = newPath();
    writeFileSync(path, "the old file");
    const { list } = world.log;
    world.log.list = async () => Promise.reject(new Error("the table is away"));
    await expect(writeExport(world, "acme", path, () => undefined)).rejects.toThrow("the table is away");
    expect(readFileSync(path, "utf8")).toBe("the old file");
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
    world.log.list = list;
    await writeExport(world, "acme", path, () => undefined);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect((await readExport(path)).events).toBe(3);
  });

  it("an export reads the next page after the previous one was written", async () => {
    const world = memoryWorld();
    const hook = await addEndpoint(world);
    for (let n = 0; n < 10; n++) await hook.send(100);
    const { list } = world.log;
    const written: number[] = [];
    const seen: number[] = [];
    world.log.list = async (...asked) => {
      seen.push(written.at(-1) ?? 0);
      return list(...asked);
    };
    await writeExport(world, "acme", newPath(), (events) => written.push(events));
    expect(written).toEqual([100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000]);
    expect(seen).toEqual([0, ...written.slice(0, -1)]);
  });

  it("an export of an unknown account is refused", async () => {
    const path = newPath();
    await expect(writeExport(memoryWorld(), "nobody", path, () => undefined)).rejects.toThrow(
      'Cannot export the account "nobody"',
    );
    expect(() => statSync(path)).toThrow();
  });
});

describe("an unreadable file", () => {
  const whole = { rappel: "export", version: 1, exportedAt: "2026-11-21T12:00:00.000Z" };
  const account = { id: "acme", name: "", retentionDays: 30, limits: { endpoints: 50 } };
  const badEvent = { id: newId("evt", 0, seededRandom(1).next), type: "t" };
  it.each([
    ["cut off", '{"rappel":"export","ver', "it is not JSON; it may have been cut off"],
    ["empty", "", "it is not JSON"],
    ["another format", '{"events":[]}', "it is not an export of Rappel; npm run export writes one"],
    ["an array", "[]", "it is not an export of Rappel"],
    [
      "of a later version",
      JSON.stringify({ ...whole, version: 2 }),
      "its version is 2, but this version of Rappel reads version 1",
    ],
    [
      "without its events",
      JSON.stringify({ ...whole, account, endpoints: [], callbacks: [] }),
      "the value at /events is invalid",
    ],
    [
      "an invalid event",
      JSON.stringify({ ...whole, account, endpoints: [], callbacks: [], events: [badEvent] }),
      "the value at /events/0/source is invalid",
    ],
  ])("an unreadable file is reported in one sentence: %s", async (_, text, message) => {
    const path = newPath();
    writeFileSync(path, text);
    await expect(readExport(path)).rejects.toThrow(`Cannot read ${path}: ${message}`);
  });

  it("a missing file is reported in one sentence", async () => {
    await expect(readExport(join(folder, "nowhere.json"))).rejects.toThrow(/^Cannot read .*nowhere\.json: ENOENT/);
  });
});
