import { describe, expect, it } from "vitest";
import { basic, send, sendJson } from "./routed-requests.ts";

describe("Mailjet's interface", () => {
  const URL = "/v3/REST/eventcallbackurl";
  const told = async (sent: ReturnType<typeof send>) => {
    const { status, headers, body } = await sent;
    return [status, headers["content-type"], JSON.parse(String(body))];
  };
  const error = (status: number, message: unknown = expect.any(String)) => [
    status,
    "application/json",
    { ErrorInfo: "", ErrorMessage: message, StatusCode: status },
  ];

  it.each<[string, () => ReturnType<typeof send>, number]>([
    ["a path that it does not know", () => send("GET", "/v3/REST/contact"), 404],
    ["a method", () => send("PATCH", URL), 405],
    ["no key", () => send("GET", URL, { headers: {} }), 401],
    ["a scope that lacks", () => send("POST", URL, { headers: { authorization: basic("reader", "right") } }), 403],
    ["no JSON", () => sendJson("POST", URL, "{"), 400],
    ["fields that are wrong", () => sendJson("POST", URL, "{}"), 400],
    ["another media type", () => sendJson("POST", URL, "{}", "text/plain"), 415],
    ["a crash of ours", () => send("POST", `${URL}/1/test`), 500],
  ])("tells %s in its own shape", async (_, sent, status) => {
    expect(await told(sent())).toEqual(error(status));
  });

  it("says where, what and what is allowed in one text, and nothing private", async () => {
    const body = JSON.stringify({ EventType: "opened", Url: "https://user:s3cret@ex ample.com/" });
    expect(await told(sendJson("POST", URL, body))).toEqual(
      error(400, expect.stringMatching(/EventType is invalid \(allowed: one of click, .*\); Url is invalid/)),
    );
    expect(String((await sendJson("POST", URL, body)).body)).not.toContain("s3cret");
  });

  it.each([
    ["987654", 987_654],
    ["open|false", { eventType: "open", isBackup: false }],
    ["open%7Ctrue", { eventType: "open", isBackup: true }],
    ["open%7ctrue", { eventType: "open", isBackup: true }],
  ])("knows a callback as %s", async (name, id) => {
    expect(JSON.parse(String((await send("GET", `${URL}/${name}`)).body))).toEqual({ id });
  });

  it.each(["0", "-1", "1e3", "open", "open|", "open|yes", "opened|true", "open|true|", "1".repeat(16)])(
    "knows no callback as %s",
    async (name) => {
      expect((await send("GET", `${URL}/${name}`)).status).toBe(404);
    },
  );

  it("knows query parameters whatever their case, and values as Mailjet's samples write them", async () => {
    const query = {
      limit: "0",
      OFFSET: "2",
      sort: "id desc",
      CountOnly: "1",
      backup: "true",
      version: "2",
      EventType: "7",
    };
    expect(JSON.parse(String((await send("GET", URL, { query })).body))).toEqual({
      Limit: 1_000,
      Offset: 2,
      Sort: "DESC",
      countOnly: true,
      Backup: true,
      Version: 2,
      EventType: "sent",
    });
    expect((await send("GET", URL, { query: { colour: "red" } })).status).toBe(400);
  });

  it("takes a body as Mailjet's samples write it, read-only fields included", async () => {
    const body = {
      ID: 1,
      APIKeyID: 2,
      EventType: "open",
      IsBackup: "false",
      Status: "alive",
      Url: "https://a.example/",
      Version: "1",
    };
    expect(JSON.parse(String((await sendJson("POST", URL, JSON.stringify(body))).body))).toEqual({
      eventType: "open",
      isBackup: false,
      isAlive: true,
      url: "https://a.example/",
      version: 1,
    });
  });
});
