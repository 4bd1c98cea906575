import { createRequire } from "node:module";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { EVENT_TYPES } from "../../../lambdas/events/model/event-type-catalog.ts";
import { CallbackRows } from "../../../lambdas/http/views/callback-views.ts";
import { eventually } from "../support/fixture.ts";
import { type Caller, type Rappel, startRappel } from "../support/harness.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { showWarnings } from "../support/warnings.ts";

/** The parts of npm's `node-mailjet` 6 that these stories use: its own declarations are older than TypeScript's resolution. */
interface Client {
  get(resource: string): Resource;
  post(resource: string): Resource;
  put(resource: string): Resource;
  delete(resource: string): Resource;
}
interface Resource {
  id(id: number | string): Resource;
  action(name: string): Resource;
  request(body?: object, query?: object): Promise<{ response: { status: number }; body: unknown }>;
}
interface NodeMailjet {
  new (options: { apiKey: string; apiSecret: string; config: { host: string } }): Client;
  Request: { protocol: string };
}

let rappel: Rappel;
let receiver: Receiver;
let Mailjet: NodeMailjet;
const RESOURCE = "eventcallbackurl";

beforeAll(async () => {
  Mailjet = createRequire(import.meta.url)("node-mailjet");
  Mailjet.Request.protocol = "http://"; // it speaks https only, and here is no certificate: the one thing that is set
  [rappel, receiver] = await Promise.all([startRappel(), startReceiver()]);
}, 180_000);
afterAll(async () => {
  await receiver?.stop();
  await rappel?.stop();
});
showWarnings(() => rappel?.logs);

function clientWith({ authorization }: Pick<Caller, "authorization">): Client {
  const [apiKey = "", apiSecret = ""] = Buffer.from(authorization.slice("Basic ".length), "base64")
    .toString()
    .split(":");
  return new Mailjet({ apiKey, apiSecret, config: { host: new URL(rappel.url).host } });
}
async function open(account: string) {
  const caller = await rappel.callerOf(account);
  return { caller, mailjet: clientWith(caller) };
}
const rowsOf = ({ body }: { body: unknown }) => CallbackRows.parse(body);
/** What the client throws. */
async function refusal(request: Promise<unknown>) {
  const Refusal = z.object({
    statusCode: z.int(),
    originalMessage: z.string(),
    response: z.object({ data: z.unknown() }),
  });
  return request.then(
    () => Promise.reject(new Error("It was not refused")),
    (error: unknown) => {
      const { statusCode, originalMessage, response } = Refusal.parse(error);
      return { statusCode, message: originalMessage, data: response.data };
    },
  );
}

describe("Mailjet's official client, unchanged", () => {
  it("registers a URL, reads it, changes it, and deletes it", async () => {
    const { mailjet } = await open("crud");
    const created = await mailjet.post(RESOURCE).request({ EventType: "open", Url: receiver.url, Version: 2 });
    expect(created.response.status).toBe(201);
    const rows = rowsOf(created);
    const [{ ID, APIKeyID } = { ID: 0, APIKeyID: 0 }] = rows.Data;
    const row = {
      APIKeyID: expect.any(Number),
      EventType: "open",
      ID,
      IsBackup: false,
      Status: "alive",
      Url: receiver.url,
      Version: 2,
    };
    expect(rows).toEqual({ Count: 1, Data: [row], Total: 1 });
    for (const name of [ID, "open|false"]) {
      const read = await mailjet.get(RESOURCE).id(name).request();
      expect([read.response.status, rowsOf(read)]).toEqual([200, rows]);
    }
    expect(rowsOf(await mailjet.get(RESOURCE).request())).toEqual(rows);

    const changed = await mailjet
      .put(RESOURCE)
      .id(ID)
      .request({ Url: `${receiver.url}/new`, Version: 1 });
    expect([changed.response.status, rowsOf(changed).Data]).toEqual([
      200,
      [{ ...row, APIKeyID, Url: `${receiver.url}/new`, Version: 1 }],
    ]);
    // As it was read, and sent back whole.
    expect(rowsOf(await mailjet.put(RESOURCE).id("open|false").request(rows.Data[0])).Data).toEqual(rows.Data);

    expect((await mailjet.delete(RESOURCE).id(ID).request()).response.status).toBe(204);
    expect(rowsOf(await mailjet.get(RESOURCE).request())).toEqual({ Count: 0, Data: [], Total: 0 });
  });

  it("filters, counts and pages", async () => {
    const { mailjet } = await open("lists");
    const types = ["open", "click", "bounce", "spam", "blocked", "unsub", "sent"];
    for (const EventType of types) await mailjet.post(RESOURCE).request({ EventType, Url: receiver.url });
    for (const EventType of types)
      await mailjet.post(RESOURCE).request({ EventType, IsBackup: true, Url: receiver.url, Version: 2 });
    await mailjet.put(RESOURCE).id("spam|true").request({ Status: "dead" });
    const list = async (query: object) => rowsOf(await mailjet.get(RESOURCE).request({}, query));
    const ids = async (query: object) => (await list(query)).Data.map(({ ID }) => ID);

    expect((await list({})).Data).toHaveLength(10);
    expect(await list({ Limit: 3, Offset: 12, Sort: "ID" })).toMatchObject({ Count: 2, Total: 14 });
    expect(await ids({ limit: 2, sort: "ID DESC" })).toEqual([14, 13]);
    expect(await ids({ Limit: 2, Sort: "ID+DESC" })).toEqual([14, 13]);
    expect(await ids({ Limit: 0, Backup: true })).toEqual([8, 9, 10, 11, 12, 13, 14]);
    expect(await ids({ EventType: "click" })).toEqual([2, 9]);
    expect(await ids({ EventType: 1, Backup: false })).toEqual([2]); // its own number of `click`
    expect(await ids({ Version: 2, Limit: 1 })).toEqual([8]);
    expect(await list({ countOnly: 1, Version: 1 })).toEqual({ Count: 7, Data: [], Total: 7 });
    // One URL, Version and rank, so one endpoint: what is dead is dead for all that share it.
    expect(await ids({ Status: "dead", Limit: 100 })).toEqual([8, 9, 10, 11, 12, 13, 14]);
    expect((await refusal(mailjet.get(RESOURCE).request({}, { Limit: 1001 }))).message).toBe(
      "Some fields are invalid; Limit is invalid (allowed: a whole number from 0 to 1000)",
    );
  });

  it("is told MJ18 where the type and rank are taken, and what else is wrong, in Mailjet's shape", async () => {
    const { caller, mailjet } = await open("wrong");
    await mailjet.post(RESOURCE).request({ EventType: "sent", Url: receiver.url });
    const MJ18 = 'MJ18 A EventCallbackURL resource with value "7|false" for EventType|Backup already exists.';
    expect(await refusal(mailjet.post(RESOURCE).request({ EventType: "sent", Url: "https://example.com/" }))).toEqual({
      statusCode: 400,
      message: MJ18,
      data: { ErrorInfo: "", ErrorMessage: MJ18, StatusCode: 400 },
    });
    await mailjet.post(RESOURCE).request({ EventType: "open", Url: receiver.url });
    expect(await refusal(mailjet.put(RESOURCE).id("open|false").request({ EventType: "sent" }))).toMatchObject({
      message: MJ18,
    });

    const wrong = await refusal(
      mailjet.post(RESOURCE).request({ Url: "ftp://example.com", Version: 3, Colour: "red" }),
    );
    expect([wrong.statusCode, wrong.message]).toEqual([
      400,
      [
        "Some fields are invalid",
        "EventType is missing (allowed: one of click, bounce, spam, blocked, unsub, open, sent, typofix, parseapi, newsender, newsenderautovalid)",
        "Url is invalid (allowed: an http:// or https:// URL)",
        "Version is invalid (allowed: 1 or 2)",
        "Colour is not a field of this request",
      ].join("; "),
    ]);
    const inside = await refusal(mailjet.post(RESOURCE).request({ EventType: "spam", Url: "http://10.0.0.1/" }));
    expect([inside.statusCode, inside.message]).toEqual([
      400,
      expect.stringMatching(/; Url .* a URL with public addresses only/),
    ]);

    for (const name of [99, "bounce|true", "nonsense"])
      expect(await refusal(mailjet.get(RESOURCE).id(name).request())).toMatchObject({
        statusCode: 404,
        data: { ErrorInfo: "", ErrorMessage: expect.any(String), StatusCode: 404 },
      });
    expect(await refusal(mailjet.get("contact").request())).toMatchObject({
      statusCode: 404,
      data: { StatusCode: 404 },
    });
    const nobody = clientWith({ authorization: `Basic ${Buffer.from("nobody:knows").toString("base64")}` });
    expect(await refusal(nobody.get(RESOURCE).request())).toMatchObject({ statusCode: 401, data: { StatusCode: 401 } });
    const reader = clientWith(await rappel.callerOf("wrong", ["read"]));
    expect(rowsOf(await reader.get(RESOURCE).request()).Total).toBe(2);
    expect(await refusal(reader.delete(RESOURCE).id("open|false").request())).toMatchObject({ statusCode: 403 });
    for (const [method, body, headers, status] of [
      ["PATCH", undefined, {}, 405],
      ["POST", "a=1", { "content-type": "application/x-www-form-urlencoded" }, 415],
      ["POST", "{", {}, 400],
      ["POST", "[]", {}, 400],
    ] as const) {
      const answered = await caller.call(method, `/v3/REST/${RESOURCE}`, body, headers);
      expect([answered.status, answered.json]).toMatchObject([status, { ErrorInfo: "", StatusCode: status }]);
    }
  });

  it("tests a URL, and is told what came back", async () => {
    const { mailjet } = await open("tests");
    const failing = await startReceiver(() => ({ status: 204 }));
    await mailjet.post(RESOURCE).request({ EventType: "open", Url: receiver.url });
    await mailjet.post(RESOURCE).request({ EventType: "click", Url: failing.url });
    const before = receiver.received.length;
    const tested = await mailjet.post(RESOURCE).id(1).action("test").request();
    expect([tested.response.status, tested.body]).toMatchObject([
      200,
      { Count: 1, Data: [{ ID: 1, EventType: "open", Outcome: "success", HttpStatus: 200 }], Total: 1 },
    ]);
    expect(receiver.received.slice(before).map(({ body }) => body.toString())).toEqual([
      EVENT_TYPES.find(({ source, type }) => source === "mailjet" && type === "open")?.sample,
    ]);
    // Mailjet's success is 200 and nothing else.
    expect((await mailjet.post(RESOURCE).id("click|false").action("test").request()).body).toMatchObject({
      Data: [{ Outcome: "http_status", HttpStatus: 204 }],
    });
    await failing.stop();
  });

  it("registers all types at once, and they share one endpoint with one secret", async () => {
    const { caller, mailjet } = await open("at-once");
    const types = ["open", "click", "bounce", "spam", "blocked", "unsub", "sent"];
    await Promise.all(types.map((EventType) => mailjet.post(RESOURCE).request({ EventType, Url: receiver.url })));
    expect(rowsOf(await mailjet.get(RESOURCE).request())).toMatchObject({ Total: 7 });
    expect((await caller.call("GET", "/v1/endpoints")).json).toMatchObject({
      data: [{ eventTypes: ["click", "bounce", "spam", "blocked", "unsub", "open", "sent"] }],
    });
  });
});

describe("the curl line of Mailjet's article", () => {
  it("works, host aside, with the bar of EventType|IsBackup raw or escaped", async () => {
    const { caller } = await open("curl");
    const line = { EventType: "open", Url: `${receiver.url}/event_handler`, Version: 2 };
    const answered = await caller.call("POST", "/v3/REST/eventcallbackurl", line);
    expect([answered.status, answered.json]).toMatchObject([201, { Count: 1, Data: [line], Total: 1 }]);
    for (const name of ["open%7Cfalse", "open%7cfalse", "open|false", "open|False", "6|0"])
      expect((await caller.call("GET", `/v3/REST/eventcallbackurl/${name}`)).status).toBe(200);
  });
});

describe("a callback", () => {
  it("gets its events, and is an endpoint by Mailjet's rules for the native API", async () => {
    const { caller, mailjet } = await open("events");
    const own = await startReceiver();
    await mailjet.post(RESOURCE).request({ EventType: "open", Url: own.url });
    const [endpoint] = z
      .object({ data: z.array(z.looseObject({ id: z.string() })) })
      .parse((await caller.call("GET", "/v1/endpoints")).json).data;
    expect(endpoint).toMatchObject({
      url: own.url,
      eventTypes: ["open"],
      preset: "mailjet",
      format: "mailjet",
      success: "200",
      retrySchedule: "mailjet",
      managedBy: "callbacks",
      status: "active",
    });
    const flat = '{"event":"open","time":1433103519,"MessageID":19421777396190491,"email":"api@mailjet.com"}';
    await caller.call("POST", "/v1/sources/mailjet", `[${flat},{"event":"click","time":1}]`);
    await own.waitFor(1);
    expect(own.received.map(({ body }) => body.toString())).toEqual([flat]);
    await own.stop();
  });

  it("is dead while its endpoint is paused, and revived by Status alive", async () => {
    const { caller, mailjet } = await open("revival");
    const created = rowsOf(
      await mailjet.post(RESOURCE).request({ EventType: "open", Url: receiver.url, Status: "dead" }),
    );
    expect(created.Data).toMatchObject([{ Status: "dead" }]);
    const status = async () =>
      z
        .object({ data: z.tuple([z.looseObject({ status: z.string() })]) })
        .parse((await caller.call("GET", "/v1/endpoints")).json).data[0].status;
    expect(await status()).toBe("paused");
    expect(rowsOf(await mailjet.put(RESOURCE).id(1).request({ Status: "alive" })).Data).toMatchObject([
      { Status: "alive" },
    ]);
    expect(await status()).not.toBe("paused");
  });

  it("keeps its password when its Url comes back with the mask, for the same server alone", async () => {
    const { mailjet } = await open("masks");
    const url = receiver.url.replace("://", "://user:s3cret-word@");
    const created = rowsOf(await mailjet.post(RESOURCE).request({ EventType: "open", Url: url }));
    const shown = receiver.url.replace("://", "://user:***@");
    expect(created.Data).toMatchObject([{ Url: shown }]);
    expect(
      rowsOf(
        await mailjet
          .put(RESOURCE)
          .id(1)
          .request({ Url: `${shown}/more` }),
      ).Data,
    ).toMatchObject([{ Url: `${shown}/more` }]);
    await mailjet.post(RESOURCE).id(1).action("test").request();
    expect(receiver.received.at(-1)).toMatchObject({
      path: "/hook/more",
      headers: { authorization: `Basic ${Buffer.from("user:s3cret-word").toString("base64")}` },
    });
    const elsewhere = await refusal(mailjet.put(RESOURCE).id(1).request({ Url: "https://user:***@example.com/" }));
    expect(elsewhere).toMatchObject({
      statusCode: 400,
      message: expect.stringContaining("*** keeps the stored one"),
    });
  });

  it("decides its endpoint's url and types; the native API all else, and takes both away together", async () => {
    const { caller, mailjet } = await open("native");
    await mailjet.post(RESOURCE).request({ EventType: "open", Url: receiver.url });
    await mailjet.post(RESOURCE).request({ EventType: "click", Url: receiver.url });
    const Ids = z.object({ data: z.array(z.object({ id: z.string() })) });
    const [{ id } = { id: "" }] = Ids.parse((await caller.call("GET", "/v1/endpoints")).json).data;
    for (const patch of [
      { url: `${receiver.url}/x` },
      { eventTypes: ["*"] },
      { group: { maxEvents: 9 } },
      { backupOf: [] },
    ]) {
      const refused = await caller.call("PATCH", `/v1/endpoints/${id}`, patch);
      expect([refused.status, refused.json]).toMatchObject([409, { code: "ENDPOINT_MANAGED_BY_CALLBACKS" }]);
    }
    expect((await caller.call("PATCH", `/v1/endpoints/${id}`, { timeoutMs: 9_000 })).status).toBe(200);
    await mailjet.delete(RESOURCE).id("open|false").request();
    expect((await caller.call("GET", `/v1/endpoints/${id}`)).json).toMatchObject({
      eventTypes: ["click"],
      preset: "mailjet",
      timeoutMs: 9_000,
    });
    expect((await caller.call("DELETE", `/v1/endpoints/${id}`)).status).toBe(204);
    expect(rowsOf(await mailjet.get(RESOURCE).request()).Total).toBe(0);
    expect((await refusal(mailjet.get(RESOURCE).id("click|false").request())).statusCode).toBe(404);
    expect((await mailjet.post(RESOURCE).request({ EventType: "click", Url: receiver.url })).response.status).toBe(201);
  });

  it("passes on to another account's door, each event in one attempt", async () => {
    const [from, to] = [await open("passes-on"), await open("takes-on")];
    const own = await startReceiver();
    await to.mailjet.post(RESOURCE).request({ EventType: "bounce", Url: own.url });
    const [, key = ""] = to.caller.authorization.split(" ");
    const userinfo = Buffer.from(key, "base64").toString();
    const door = `${rappel.url.replace("://", `://${userinfo}@`)}/v1/sources/mailjet`;
    await from.mailjet.post(RESOURCE).request({ EventType: "bounce", Url: door, Version: 1 });
    const flat = '{"event":"bounce","time":1430812195,"MessageID":13792286917004337,"hard_bounce":true}';
    await from.caller.call("POST", "/v1/sources/mailjet", `[${flat},${flat},${flat}]`);
    await own.waitFor(3);
    expect(own.received.map(({ body }) => body.toString())).toEqual([flat, flat, flat]);
    const Ids = z.object({ data: z.array(z.object({ id: z.string() })).length(3) });
    await eventually(async () => {
      const { data } = Ids.parse((await from.caller.call("GET", "/v1/events")).json);
      for (const { id } of data)
        expect((await from.caller.call("GET", `/v1/events/${id}`)).json).toMatchObject({
          deliveries: [{ status: "delivered", attempts: [{ status: 200 }] }],
        });
    });
    await own.stop();
  });

  it("of Version 2 gets an array, types mixed, for all that share its Url", async () => {
    const { caller, mailjet } = await open("groups");
    const own = await startReceiver();
    for (const EventType of ["open", "click"])
      await mailjet.post(RESOURCE).request({ EventType, Url: own.url, Version: 2 });
    const objects = ["open", "click", "open", "click", "sent"].map((event, n) => `{"event":"${event}","time":${n}}`);
    await caller.call("POST", "/v1/sources/mailjet", `[${objects.join(",")}]`);
    const Events = z.array(z.object({ event: z.string(), time: z.int() }));
    await eventually(async () => {
      const events = own.received.flatMap(({ body }) => Events.parse(JSON.parse(String(body))));
      expect(events.map(({ event, time }) => `${event} ${time}`).sort()).toEqual([
        "click 1",
        "click 3",
        "open 0",
        "open 2",
      ]);
    });
    expect(own.received.length).toBeLessThan(4);
    await own.stop();
  });

  it("that is suspended is dead: its backup gets what it would have got, until Status alive revives it", async () => {
    const { caller, mailjet } = await open("backups");
    let isGone = true;
    const [main, backup] = [await startReceiver(() => ({ status: isGone ? 410 : 200 })), await startReceiver()];
    await mailjet.post(RESOURCE).request({ EventType: "open", Url: main.url });
    await mailjet.post(RESOURCE).request({ EventType: "open", Url: backup.url, IsBackup: true });
    const sendOne = (time: number) => caller.call("POST", "/v1/sources/mailjet", { event: "open", time });
    const status = async () => rowsOf(await mailjet.get(RESOURCE).id("open|false").request()).Data[0]?.Status;
    const timesAt = ({ received }: Receiver) => received.map(({ body }) => JSON.parse(body.toString()).time);

    await sendOne(1);
    await eventually(async () => expect(await status()).toBe("dead"));
    await sendOne(2);
    await eventually(async () => expect(timesAt(backup).sort()).toEqual([1, 2]));
    isGone = false;
    await mailjet.put(RESOURCE).id("open|false").request({ Status: "alive" });
    await eventually(async () => {
      await sendOne(3);
      expect(timesAt(main)).toContain(3);
    });
    expect(await status()).toBe("alive");
    await Promise.all([main.stop(), backup.stop()]);
  }, 90_000);
});
