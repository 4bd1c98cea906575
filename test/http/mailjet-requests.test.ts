import { describe, expect, it } from "vitest";
import { basic, send, sendJson } from "./routed-requests.ts";

describe("requests in Mailjet's format", () => {
  const URL = "/v3/REST/eventcallbackurl";
  const answered = async (sent: ReturnType<typeof send>) => {
    const { status, headers, body } = await sent;
    return [status, headers["content-type"], JSON.parse(String(body))];
  };
  const error = (status: number, message: unknown = expect.any(String)) => [
    status,
    "application/json",
    { ErrorInfo: "", ErrorMessage: message, StatusCode: status },
  ];

  it.each<[string, () => ReturnType<typeof send>, number]>([
    ["an unknown path", () => send("GET", "/v3/REST/contact"), 404],
    ["an unknown method", () => send("PATCH", URL), 405],
    ["a missing key", () => send("GET", URL, { headers: {} }), 401],
    ["a missing scope", () => send("POST", URL, { headers: { authorization: basic("reader", "right") } }), 403],
    ["invalid JSON", () => sendJson("POST", URL, "{"), 400],
    ["invalid fields", () => sendJson("POST", URL, "{}"), 400],
    ["another media type", () => sendJson("POST", URL, "{}", "text/plain"), 415],
    ["an internal error", () => send("POST", `${URL}/1/test`), 500],
  ])("%s is answered in Mailjet's error format", async (_, sent, status) => {
    expect(await answered(sent())).toEqual(error(status));
  });

  it("one error text lists the fields and their allowed values, without private values", async () => {
    const body = JSON.stringify({ EventType: "opened", Url: "https://user:s3cret@ex ample.com/" });
    expect(await answered(sendJson("POST", URL, body))).toEqual(
      error(400, expect.stringMatching(/EventType is invalid \(allowed: one of click, .*\); Url is invalid/)),
    );
    expect(String((await sendJson("POST", URL, body)).body)).not.toContain("s3cret");
  });

  it.each([
    ["987654", 987_654],
    ["open|false", { eventType: "open", isBackup: false }],
    ["open%7Ctrue", { eventType: "open", isBackup: true }],
    ["open%7ctrue", { eventType: "open", isBackup: true }],
  ])("accepts the callback name %s", async (name, id) => {
    expect(JSON.parse(String((await send("GET", `${URL}/${name}`)).body))).toEqual({ id });
  });

  it.each(["0", "-1", "1e3", "open", "open|", "open|yes", "opened|true", "open|true|", "1".repeat(16)])(
    "answers 404 for the callback name %s",
    async (name) => {
      expect((await send("GET", `${URL}/${name}`)).status).toBe(404);
    },
  );

  it("query parameters are accepted in any case, with values as in Mailjet's samples", async () => {
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

  it("a body is accepted as in Mailjet's samples, including read-only fields", async () => {
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
