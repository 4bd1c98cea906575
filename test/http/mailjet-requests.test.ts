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

  it.each([
    "/v3/rest/eventcallbackurl",
    "/V3/Rest/EventCallbackURL",
    "//v3/REST/eventcallbackurl",
    "/v3//REST///eventcallbackurl",
    "/v3/REST/eventcallbackurl/",
    "///v3/rest/eventcallbackurl//",
  ])("the path %s is the list of callbacks", async (path) => {
    expect((await send("GET", path)).status).toBe(200);
    expect((await send("GET", `${path}/7`)).status).toBe(200);
    expect(JSON.parse(String((await send("GET", `${path}/OPEN|False/`)).body))).toEqual({
      id: { eventType: "open", isBackup: false },
    });
    expect((await send("POST", `${path}/7/TEST`)).status).toBe(500); // the router's test has no such operation
  });

  it.each(["/V3/REST/contact", "//v3/", "/v3", "//V3"])(
    "the unknown path %s is answered in Mailjet's format",
    async (path) => {
      expect(await answered(send("GET", path))).toEqual(error(404));
    },
  );

  it.each([
    "/V1/endpoints",
    "//v1/endpoints",
    "/v1//endpoints",
    "/v1/endpoints/",
    "/v1/Endpoints",
    "/v30",
    "/v1/v3/REST",
  ])("the native API stays strict: %s is a problem document with 404", async (path) => {
    const { status, headers } = await send("GET", path);
    expect([status, headers["content-type"]]).toEqual([404, "application/problem+json"]);
  });

  it("a body may have its names and values in any case, as n8n's Mailjet Trigger writes it", async () => {
    const created = async (body: object) =>
      JSON.parse(String((await sendJson("POST", "/v3/rest/eventcallbackurl", JSON.stringify(body))).body));
    const stored = {
      eventType: "open",
      isBackup: false,
      isAlive: true,
      url: "https://a.example/",
      shownUrl: "https://a.example/",
      version: 1,
    };
    const n8n = { Url: "https://a.example/", EventType: "open", Status: "alive", isBackup: "false" };
    expect(await created(n8n)).toEqual(stored);
    const shouted = {
      URL: "https://a.example/",
      eventtype: "OPEN",
      STATUS: "Alive",
      IsBACKUP: "False",
      version: "1",
      id: "7",
    };
    expect(await created(shouted)).toEqual(stored);
    expect(await created({ ...n8n, eventType: undefined, EventType: 6, isBackup: 1, VERSION: 2 })).toEqual({
      ...stored,
      isBackup: true,
      version: 2,
    });
    const changed = await sendJson("PUT", "/v3/rest/eventcallbackurl/6|0", '{"status":"DEAD","isBACKUP":"TRUE"}');
    expect(JSON.parse(String(changed.body))).toEqual({ Status: "dead", IsBackup: true });
  });

  it("filters may have their values in any case", async () => {
    const query = { eventtype: "CLICK", status: "DEAD", BACKUP: "FALSE", Version: "2", CountOnly: "True" };
    expect(JSON.parse(String((await send("GET", URL, { query })).body))).toMatchObject({
      EventType: "click",
      Status: "dead",
      Backup: false,
      Version: 2,
      countOnly: true,
    });
  });

  it("a name that is given twice in different cases is refused", async () => {
    const twice = '{"EventType":"open","Url":"https://a.example/","url":"https://b.example/"}';
    expect(await answered(sendJson("POST", URL, twice))).toEqual(
      error(400, "Some fields are invalid; Url is given twice, in different cases"),
    );
    expect(await answered(send("GET", URL, { query: { limit: "1", Limit: "2" } }))).toEqual(
      error(400, "Some fields are invalid; Limit is given twice, in different cases"),
    );
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
      shownUrl: "https://a.example/",
      version: 1,
    });
  });

  it.each([
    ["https://A.Example", "https://a.example/"],
    ["HTTPS://a.example:443/x/../y?q=é#top", "https://a.example/y?q=%C3%A9"],
    ["https://a.example/%7euser/a b".replace(" ", "%20"), "https://a.example/%7euser/a%20b"],
    ["https://bücher.example/", "https://xn--bcher-kva.example/"],
    ["https://a.example/?next=https://u:p@b.example/", "https://a.example/?next=https://u:p@b.example/"],
    ["https://@a.example/", "https://a.example/"],
  ])("the Url %s is kept as it was given, and normalised only to be called", async (Url, url) => {
    const created = await sendJson("POST", URL, JSON.stringify({ EventType: "open", Url }));
    expect(JSON.parse(String(created.body))).toMatchObject({ url, shownUrl: Url });
  });

  it.each([
    ["https://User:p@ss:w0rd@A.Example", "https://User:***@A.Example"],
    ["https://us%65r:p%40ss@a.example/x@y", "https://us%65r:***@a.example/x@y"],
    ["HTTPS:///us.er:secret@A.example?q", "HTTPS:///us.er:***@A.example?q"],
    ["https://token@a.example#f", "https://***@a.example#f"],
    ["https://token:@a.example/", "https://***@a.example/"],
    ["https://:secret@a.example/", "https://:***@a.example/"],
  ])("the Url %s is shown without its password", async (Url, shownUrl) => {
    const created = await sendJson("POST", URL, JSON.stringify({ EventType: "open", Url }));
    expect(JSON.parse(String(created.body))).toMatchObject({ shownUrl });
  });

  it.each(["parseapi", "ParseAPI", 9])(
    "a callback of type %s is refused, and the error says why and what is allowed",
    async (EventType) => {
      const refusal = error(
        400,
        expect.stringMatching(
          /EventType is invalid \(allowed: one of click, .*; parseapi is not supported, because its payload is an inbound e-mail/,
        ),
      );
      const body = JSON.stringify({ EventType, Url: "https://a.example/" });
      expect(await answered(sendJson("POST", URL, body))).toEqual(refusal);
      expect(await answered(sendJson("PUT", `${URL}/1`, JSON.stringify({ EventType })))).toEqual(refusal);
      expect((await send("DELETE", `${URL}/parseapi|false`)).status).toBe(204); // one that is stored can be deleted
    },
  );

  it("a route of Mailjet's that is not supported says what is", async () => {
    const supported = "There is no route at this path: of Mailjet's API only /v3/REST/eventcallbackurl is supported";
    expect(await answered(send("GET", "/v3/REST/contact"))).toEqual(error(404, supported));
    expect(await answered(send("POST", "//v3/rest/ParseRoute/"))).toEqual(
      error(404, `${supported}; its Parse API is not, because this service receives no inbound e-mails`),
    );
  });
});
