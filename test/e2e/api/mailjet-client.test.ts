import { describe, expect, it } from "vitest";
import { startReceiver } from "../support/receiver.ts";
import { openMailjet, RESOURCE, refusal, rowsOf } from "./mailjet.ts";

const { service, receiver, clientWith, open } = openMailjet();

describe("Mailjet's official client", () => {
  it("Mailjet's client creates, reads, changes and deletes a callback", async () => {
    const { mailjet } = await open("crud");
    const created = await mailjet.post(RESOURCE).request({ EventType: "open", Url: receiver().url, Version: 2 });
    expect(created.response.status).toBe(201);
    const rows = rowsOf(created);
    const [{ ID, APIKeyID } = { ID: 0, APIKeyID: 0 }] = rows.Data;
    const row = {
      APIKeyID: expect.any(Number),
      EventType: "open",
      ID,
      IsBackup: false,
      Status: "alive",
      Url: receiver().url,
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
      .request({ Url: `${receiver().url}/new`, Version: 1 });
    expect([changed.response.status, rowsOf(changed).Data]).toEqual([
      200,
      [{ ...row, APIKeyID, Url: `${receiver().url}/new`, Version: 1 }],
    ]);
    // The row is sent back whole, as it was read.
    expect(rowsOf(await mailjet.put(RESOURCE).id("open|false").request(rows.Data[0])).Data).toEqual(rows.Data);

    expect((await mailjet.delete(RESOURCE).id(ID).request()).response.status).toBe(204);
    expect(rowsOf(await mailjet.get(RESOURCE).request())).toEqual({ Count: 0, Data: [], Total: 0 });
  });

  it("Mailjet's client filters, counts and pages callbacks", async () => {
    const { mailjet } = await open("lists");
    const types = ["open", "click", "bounce", "spam", "blocked", "unsub", "sent"];
    for (const EventType of types) await mailjet.post(RESOURCE).request({ EventType, Url: receiver().url });
    for (const EventType of types)
      await mailjet.post(RESOURCE).request({ EventType, IsBackup: true, Url: receiver().url, Version: 2 });
    await mailjet.put(RESOURCE).id("spam|true").request({ Status: "dead" });
    const list = async (query: object) => rowsOf(await mailjet.get(RESOURCE).request({}, query));
    const ids = async (query: object) => (await list(query)).Data.map(({ ID }) => ID);

    expect((await list({})).Data).toHaveLength(10);
    expect(await list({ Limit: 3, Offset: 12, Sort: "ID" })).toMatchObject({ Count: 2, Total: 14 });
    expect(await ids({ limit: 2, sort: "ID DESC" })).toEqual([14, 13]);
    expect(await ids({ Limit: 2, Sort: "ID+DESC" })).toEqual([14, 13]);
    expect(await ids({ Limit: 0, Backup: true })).toEqual([8, 9, 10, 11, 12, 13, 14]);
    expect(await ids({ EventType: "click" })).toEqual([2, 9]);
    expect(await ids({ EventType: 1, Backup: false })).toEqual([2]); // Mailjet's number of `click`
    expect(await ids({ Version: 2, Limit: 1 })).toEqual([8]);
    expect(await list({ countOnly: 1, Version: 1 })).toEqual({ Count: 7, Data: [], Total: 7 });
    // They have the same URL, Version and rank, and so share one endpoint and its Status.
    expect(await ids({ Status: "dead", Limit: 100 })).toEqual([8, 9, 10, 11, 12, 13, 14]);
    expect((await refusal(mailjet.get(RESOURCE).request({}, { Limit: 1001 }))).message).toBe(
      "Some fields are invalid; Limit is invalid (allowed: a whole number from 0 to 1000)",
    );
  });

  it("Mailjet's client gets MJ18 if the type and rank are taken, and all other errors in Mailjet's format", async () => {
    const { caller, mailjet } = await open("wrong");
    await mailjet.post(RESOURCE).request({ EventType: "sent", Url: receiver().url });
    const MJ18 = 'MJ18 A EventCallbackURL resource with value "7|false" for EventType|Backup already exists.';
    expect(await refusal(mailjet.post(RESOURCE).request({ EventType: "sent", Url: "https://example.com/" }))).toEqual({
      statusCode: 400,
      message: MJ18,
      data: { ErrorInfo: "", ErrorMessage: MJ18, StatusCode: 400 },
    });
    await mailjet.post(RESOURCE).request({ EventType: "open", Url: receiver().url });
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
        "EventType is missing (allowed: one of click, bounce, spam, blocked, unsub, open, sent, typofix, newsender, newsenderautovalid)",
        "Url is invalid (allowed: an http:// or https:// URL)",
        "Version is invalid (allowed: 1 or 2)",
        "Colour is not a field of this request",
      ].join("; "),
    ]);
    const privateAddress = await refusal(
      mailjet.post(RESOURCE).request({ EventType: "spam", Url: "http://10.0.0.1/" }),
    );
    expect([privateAddress.statusCode, privateAddress.message]).toEqual([
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
    const unknown = clientWith({ authorization: `Basic ${Buffer.from("unknown:knows").toString("base64")}` });
    expect(await refusal(unknown.get(RESOURCE).request())).toMatchObject({
      statusCode: 401,
      data: { StatusCode: 401 },
    });
    const reader = clientWith(await service().callerOf("wrong", ["read"]));
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

  it("Mailjet's client tests a callback and gets the receiver's answer", async () => {
    const { mailjet } = await open("tests");
    const failing = await startReceiver(() => ({ status: 204 }));
    await mailjet.post(RESOURCE).request({ EventType: "open", Url: receiver().url });
    await mailjet.post(RESOURCE).request({ EventType: "click", Url: failing.url });
    const before = receiver().received.length;
    const tested = await mailjet.post(RESOURCE).id(1).action("test").request();
    expect([tested.response.status, tested.body]).toMatchObject([
      200,
      { Count: 1, Data: [{ ID: 1, EventType: "open", Outcome: "success", HttpStatus: 200 }], Total: 1 },
    ]);
    const [got] = receiver().received.slice(before);
    expect(got?.headers).toMatchObject({ "rappel-test": "true" });
    expect(JSON.parse(String(got?.body))).toMatchObject({ event: "open", email: "test@rappel.invalid", geo: "FR" });
    // Mailjet counts only 200 as success.
    expect((await mailjet.post(RESOURCE).id("click|false").action("test").request()).body).toMatchObject({
      Data: [{ Outcome: "http_status", HttpStatus: 204 }],
    });
    await failing.stop();
  });

  it("callbacks that are created at the same time share one endpoint with one secret", async () => {
    const { caller, mailjet } = await open("at-once");
    const types = ["open", "click", "bounce", "spam", "blocked", "unsub", "sent"];
    await Promise.all(types.map((EventType) => mailjet.post(RESOURCE).request({ EventType, Url: receiver().url })));
    expect(rowsOf(await mailjet.get(RESOURCE).request())).toMatchObject({ Total: 7 });
    expect((await caller.call("GET", "/v1/endpoints")).json).toMatchObject({
      data: [{ eventTypes: ["click", "bounce", "spam", "blocked", "unsub", "open", "sent"] }],
    });
  });
});

describe("the curl line of Mailjet's article", () => {
  it("accepts Mailjet's curl example, with the bar of EventType|IsBackup raw or escaped", async () => {
    const { caller } = await open("curl");
    const line = { EventType: "open", Url: `${receiver().url}/event_handler`, Version: 2 };
    const answered = await caller.call("POST", "/v3/REST/eventcallbackurl", line);
    expect([answered.status, answered.json]).toMatchObject([201, { Count: 1, Data: [line], Total: 1 }]);
    for (const name of ["open%7Cfalse", "open%7cfalse", "open|false", "open|False", "6|0"])
      expect((await caller.call("GET", `/v3/REST/eventcallbackurl/${name}`)).status).toBe(200);
  });
});
