import { describe, expect, it } from "vitest";
import { Rappel, RappelError } from "../../client/index.ts";
import { ONCE_BY_KEY } from "../../client/rappel.ts";
import { patiently } from "../../client/retry.ts";
import { ROUTES } from "../../lambdas/http/routes.ts";
import { acceptAll, answered, KEY, refused, stubbed } from "./api-stub.ts";

const world = stubbed();

describe("a request whose error is temporary", () => {
  it("is repeated with the same Idempotency-Key after the time that the API asks for", async () => {
    const { rappel, receiver } = await world(acceptAll, { retryForMs: 5_000 });
    receiver.next({ status: 503, headers: { "retry-after": "0" } }, "reset", "cut");
    await rappel.send({ type: "t", data: 1 });
    const keys = receiver.received.map(({ headers }) => headers["idempotency-key"]);
    expect(keys).toHaveLength(4);
    expect(new Set(keys).size).toBe(1);
    expect(new Set(receiver.received.map(({ body }) => body.toString())).size).toBe(1);
  });

  it("is repeated for exactly those POSTs that the API carries out once for each key", () => {
    const routes = ROUTES.filter(({ method }) => method === "POST");
    const once = routes.filter((route) => ONCE_BY_KEY.test(`POST ${route.path}`)).map(({ operation }) => operation);
    expect(once).toEqual(routes.filter(({ isIdempotent }) => isIdempotent).map(({ operation }) => operation));
  });

  it("is not repeated if a repeat could change something twice", async () => {
    const { rappel, receiver } = await world(() => refused(503, "STORE_UNAVAILABLE"), { retryForMs: 5_000 });
    await expect(rappel.endpoints.rotateSecret("ep_1")).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(receiver.received).toHaveLength(1);
    expect(receiver.received[0]?.headers["idempotency-key"]).toBeUndefined();
  });

  it("waits as long as the API says, else longer each time, and ends with the last error when its time is over", async () => {
    let now = 0;
    const waits: number[] = [];
    const patience = {
      retryForMs: 30_000,
      now: () => now,
      wait: async (ms: number) => {
        waits.push(ms);
        now += ms;
      },
    };
    const failing = async (retryAfterSeconds?: number) => {
      waits.length = 0;
      now = 0;
      const error = new RappelError({
        status: 503,
        code: "QUEUE_UNAVAILABLE",
        detail: "",
        ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      });
      await expect(patiently(patience, () => Promise.reject(error))).rejects.toBe(error);
      return waits;
    };
    const asked = [...(await failing(7))];
    expect(asked.length).toBeGreaterThanOrEqual(3);
    for (const each of asked) expect(each).toBeGreaterThanOrEqual(7_000);
    expect(Math.max(...asked)).toBeLessThanOrEqual(7_700);
    expect(await failing(60)).toEqual([]);
    for (const each of [...(await failing(0))]) expect(each).toBeGreaterThanOrEqual(100);
    const growing = [...(await failing())];
    for (const [n, wait] of growing.entries()) {
      const longest = Math.min(10_000, 200 * 2 ** n);
      expect(wait).toBeGreaterThanOrEqual(longest / 2);
      expect(wait).toBeLessThanOrEqual(longest);
    }
    expect(now).toBeGreaterThan(20_000);
  });
});

describe("an error", () => {
  it("has the API's code, fields and time to wait", async () => {
    const { rappel } = await world(() =>
      answered(
        429,
        { code: "RATE_LIMITED", detail: "Too many", errors: [{ pointer: "/url", detail: "is wrong" }] },
        { "retry-after": "3" },
      ),
    );
    const error = await rappel.endpoints.get("ep_1").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RappelError);
    expect(error).toMatchObject({
      code: "RATE_LIMITED",
      status: 429,
      message: "Too many",
      retryAfterSeconds: 3,
      fields: [{ pointer: "/url" }],
      isTemporary: true,
    });
  });

  it.each([
    ["a response that is not the API's", { status: 502, body: "<html>Bad gateway</html>" }, "UNKNOWN"],
    ["no response", "reset", "OFFLINE"],
    ["what is not HTTP", "garbage", "OFFLINE"],
  ] as const)("%s has its own code", async (_, answer, code) => {
    const { rappel } = await world(() => answer);
    await expect(rappel.endpoints.get("ep_1")).rejects.toMatchObject({ code });
    await expect(rappel.events.payload("evt_1")).rejects.toMatchObject({ code });
  });

  it("a server that does not answer is given up, and the caller's own signal ends a call", async () => {
    const { rappel } = await world(() => "hang", { timeoutMs: 50 });
    await expect(rappel.endpoints.get("ep_1")).rejects.toMatchObject({
      code: "OFFLINE",
      message: "No response within 50 ms",
    });
    const stop = new AbortController();
    stop.abort();
    await expect(rappel.call("GET /health", { signal: stop.signal })).rejects.toMatchObject({ name: "AbortError" });
  });

  it("a caller's signal ends a call at once, whatever its reason, also while it waits for a repeat", async () => {
    const { rappel, receiver } = await world(() => refused(503, "STORE_UNAVAILABLE"), { retryForMs: 60_000 });
    const stop = new AbortController();
    const call = rappel.endpoints.list().page();
    const stopped = rappel.call("GET /health", { signal: stop.signal });
    await receiver.waitFor(2);
    stop.abort(new Error("the caller has had enough"));
    await expect(stopped).rejects.toThrow("the caller has had enough");
    receiver.always(answered(200, { data: [], nextCursor: null }));
    expect((await call).data).toEqual([]);
  });

  it("a request that hangs is repeated", async () => {
    const { rappel, receiver } = await world(acceptAll, { retryForMs: 10_000, timeoutMs: 100 });
    receiver.next("hang");
    expect((await rappel.send({ type: "t", data: 1 })).id).toBe("evt_t");
    expect(new Set(receiver.received.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
  });

  it("a call that returns text has the same key for all its tries", async () => {
    const { rappel, receiver } = await world(acceptAll, { retryForMs: 10_000 });
    receiver.next({ status: 503 });
    await rappel.text("POST /v1/events", { json: '[{"type":"t","data":1}]' });
    const keys = receiver.received.map(({ headers }) => headers["idempotency-key"]);
    expect([keys.length, new Set(keys).size, keys[0]?.length]).toEqual([2, 1, 36]);
  });

  it("never has the key in it", async () => {
    const { rappel } = await world(() => refused(401, "KEY_INVALID"));
    const error: unknown = await rappel.endpoints.get("ep_1").catch((thrown: unknown) => thrown);
    expect(JSON.stringify(error) + String(error) + JSON.stringify(rappel)).not.toContain("not-a-secret");
  });
});

describe("a list", () => {
  it("is read page by page, only as far as it is needed", async () => {
    const { rappel, receiver } = await world(({ path }) => {
      const from = Number(new URL(path, "http://x").searchParams.get("cursor") ?? 0);
      return answered(200, { data: [{ id: from }, { id: from + 1 }], nextCursor: from < 4 ? String(from + 2) : null });
    });
    const ids: unknown[] = [];
    for await (const { id } of rappel.endpoints.list({ status: "failing" })) ids.push(id);
    expect(ids).toEqual([0, 1, 2, 3, 4, 5]);
    expect(receiver.received.map(({ path }) => path)).toEqual([
      "/v1/endpoints?status=failing",
      "/v1/endpoints?status=failing&cursor=2",
      "/v1/endpoints?status=failing&cursor=4",
    ]);
    for await (const _ of rappel.endpoints.list()) break;
    expect(receiver.received).toHaveLength(4);
    expect((await rappel.endpoints.list().page("2")).nextCursor).toBe("4");
  });
});

it("a URL or a key that cannot be one is refused at once", () => {
  expect(() => new Rappel({ url: "hooks.example.com", key: KEY })).toThrow(/url is no URL/);
  expect(() => new Rappel({ url: "http://localhost", key: "secret" })).toThrow(/key is no key/);
});
