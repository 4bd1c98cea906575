import { describe, expect, it } from "vitest";
import * as z from "zod";
import { eventually } from "../support/fixture.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { openMailjet, RESOURCE, refusal, rowsOf } from "./mailjet.ts";

const { service, receiver, open } = openMailjet();

describe("a callback", () => {
  it("a callback receives its events, and is an endpoint with the Mailjet preset in the native API", async () => {
    const { caller, mailjet } = await open("events");
    const target = await startReceiver();
    await mailjet.post(RESOURCE).request({ EventType: "open", Url: target.url });
    const [endpoint] = z
      .object({ data: z.array(z.looseObject({ id: z.string() })) })
      .parse((await caller.call("GET", "/v1/endpoints")).json).data;
    expect(endpoint).toMatchObject({
      url: target.url,
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
    await target.waitFor(1);
    expect(target.received.map(({ body }) => body.toString())).toEqual([flat]);
    await target.stop();
  });

  it("n8n's Mailjet Trigger finds, creates and deletes its callback", async () => {
    const { caller } = await open("n8n");
    const path = "/v3/rest/eventcallbackurl";
    const Url = receiver().url.replace("127.0.0.1", "LOCALHOST");
    const trigger = { Url, EventType: "open", Status: "alive", isBackup: "false" };
    const found = async () =>
      rowsOf({ body: (await caller.call("GET", path)).json }).Data.find(
        (row) => row.EventType === trigger.EventType && row.Url === trigger.Url,
      );
    expect(await found()).toBeUndefined();
    const created = await caller.call("POST", path, trigger);
    expect([created.status, created.json]).toMatchObject([201, { Data: [{ ID: 1, Url }] }]);
    expect(await found()).toMatchObject({ ID: 1, IsBackup: false, Status: "alive" });
    expect((await caller.call("DELETE", `${path}/1`)).status).toBe(204);
    expect(await found()).toBeUndefined();
  });

  it("a callback is dead while its endpoint is paused, and Status alive resumes it", async () => {
    const { caller, mailjet } = await open("revival");
    const created = rowsOf(
      await mailjet.post(RESOURCE).request({ EventType: "open", Url: receiver().url, Status: "dead" }),
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

  it("a callback keeps its password if its Url comes back with the mask, for the same server only", async () => {
    const { mailjet } = await open("masks");
    const url = receiver().url.replace("://", "://user:s3cret-word@");
    const created = rowsOf(await mailjet.post(RESOURCE).request({ EventType: "open", Url: url }));
    const shown = receiver().url.replace("://", "://user:***@");
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
    expect(receiver().received.at(-1)).toMatchObject({
      path: "/hook/more",
      headers: { authorization: `Basic ${Buffer.from("user:s3cret-word").toString("base64")}` },
    });
    const elsewhere = await refusal(mailjet.put(RESOURCE).id(1).request({ Url: "https://user:***@example.com/" }));
    expect(elsewhere).toMatchObject({
      statusCode: 400,
      message: expect.stringContaining("*** keeps the stored one"),
    });
  });

  it("the native API cannot change a callback's url and types, and deletes endpoint and callbacks together", async () => {
    const { caller, mailjet } = await open("native");
    await mailjet.post(RESOURCE).request({ EventType: "open", Url: receiver().url });
    await mailjet.post(RESOURCE).request({ EventType: "click", Url: receiver().url });
    const Ids = z.object({ data: z.array(z.object({ id: z.string() })) });
    const [{ id } = { id: "" }] = Ids.parse((await caller.call("GET", "/v1/endpoints")).json).data;
    for (const patch of [
      { url: `${receiver().url}/x` },
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
    expect((await mailjet.post(RESOURCE).request({ EventType: "click", Url: receiver().url })).response.status).toBe(
      201,
    );
  });

  it("a callback can deliver to another account's ingest route, each event in one attempt", async () => {
    const [from, to] = [await open("passes-on"), await open("takes-on")];
    const target = await startReceiver();
    await to.mailjet.post(RESOURCE).request({ EventType: "bounce", Url: target.url });
    const [, key = ""] = to.caller.authorization.split(" ");
    const userinfo = Buffer.from(key, "base64").toString();
    const ingestUrl = `${service().url.replace("://", `://${userinfo}@`)}/v1/sources/mailjet`;
    await from.mailjet.post(RESOURCE).request({ EventType: "bounce", Url: ingestUrl, Version: 1 });
    const flat = '{"event":"bounce","time":1430812195,"MessageID":13792286917004337,"hard_bounce":true}';
    await from.caller.call("POST", "/v1/sources/mailjet", `[${flat},${flat},${flat}]`);
    await target.waitFor(3);
    expect(target.received.map(({ body }) => body.toString())).toEqual([flat, flat, flat]);
    const Ids = z.object({ data: z.array(z.object({ id: z.string() })).length(3) });
    await eventually(async () => {
      const { data } = Ids.parse((await from.caller.call("GET", "/v1/events")).json);
      for (const { id } of data)
        expect((await from.caller.call("GET", `/v1/events/${id}`)).json).toMatchObject({
          deliveries: [{ status: "delivered", attempts: [{ status: 200 }] }],
        });
    });
    await target.stop();
  });

  it("callbacks of Version 2 with the same Url receive one array of mixed types", async () => {
    const { caller, mailjet } = await open("groups");
    const target = await startReceiver();
    for (const EventType of ["open", "click"])
      await mailjet.post(RESOURCE).request({ EventType, Url: target.url, Version: 2 });
    const objects = ["open", "click", "open", "click", "sent"].map((event, n) => `{"event":"${event}","time":${n}}`);
    await caller.call("POST", "/v1/sources/mailjet", `[${objects.join(",")}]`);
    const Events = z.array(z.object({ event: z.string(), time: z.int() }));
    await eventually(async () => {
      const events = target.received.flatMap(({ body }) => Events.parse(JSON.parse(String(body))));
      expect(events.map(({ event, time }) => `${event} ${time}`).sort()).toEqual([
        "click 1",
        "click 3",
        "open 0",
        "open 2",
      ]);
    });
    expect(target.received.length).toBeLessThan(4);
    await target.stop();
  });

  it("a suspended callback is dead, and its backup receives the events until Status alive revives it", async () => {
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
  }, 900_000);
});
