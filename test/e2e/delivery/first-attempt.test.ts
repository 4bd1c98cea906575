import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Webhook as Judge } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { type Answer, type Caller, joinRappel, type Rappel } from "../support/harness.ts";
import { type Received, type Receiver, startReceiver } from "../support/receiver.ts";
import { showWarnings } from "../support/warnings.ts";

let rappel: Omit<Rappel, "service">;
const receivers: Receiver[] = [];
beforeAll(async () => {
  rappel = await joinRappel();
}, 300_000);
afterAll(async () => {
  await Promise.all(receivers.map((receiver) => receiver.stop()));
  await rappel?.stop();
});
showWarnings(() => rappel?.logs);

const Created = z.object({ id: z.string(), secret: z.string() });
const Accepted = z.object({ id: z.string(), type: z.string() });
const Batch = z.object({ data: z.array(Accepted) });

async function receive(...args: Parameters<typeof startReceiver>): Promise<Receiver> {
  const receiver = await startReceiver(...args);
  receivers.push(receiver);
  return receiver;
}

async function register(caller: Caller, url: string, more: object = {}): Promise<{ id: string; secret: string }> {
  const answer = await caller.call("POST", "/v1/endpoints", { url, eventTypes: ["*"], ...more });
  expect(answer.status, answer.text).toBe(201);
  return Created.parse(answer.json);
}

/** Waits until an event is in the log. */
async function logged(caller: Caller, id: string): Promise<Answer> {
  for (;;) {
    const answer = await caller.call("GET", `/v1/events/${id}`);
    if (answer.status !== 404) return answer;
    expect(answer.json).toMatchObject({ code: "EVENT_NOT_YET_LOGGED" });
    expect(answer.headers.get("retry-after")).toBe("1");
    await sleep(50);
  }
}

function verify(secret: string, { body, headers }: Received): void {
  new Judge(secret).verify(body.toString("utf8"), { ...headers });
}

const sample = (name: string) => readFileSync(new URL(`../../fixtures/${name}.json`, import.meta.url), "utf8");
const objectsIn = (text: string) =>
  text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => line.replace(/,$/, ""));

describe("every sample of Mailjet and Sarbacane", () => {
  it.each(["mailjet", "sarbacane"] as const)(
    "sent through the door of %s arrives byte for byte and verifies",
    async (source) => {
      const caller = await rappel.callerOf(`door-${source}`);
      const receiver = await receive();
      const { secret } = await register(caller, receiver.url, { format: "raw" });
      const objects = objectsIn(sample(source));
      const answer = await caller.call("POST", `/v1/sources/${source}`, sample(source));
      expect(answer.status).toBe(200);
      expect(Batch.parse(answer.json).data).toHaveLength(objects.length);
      const received = await receiver.waitFor(objects.length);
      expect(received.map(({ body }) => body.toString("utf8")).sort()).toEqual(objects.toSorted());
      for (const one of received) verify(secret, one);
    },
  );

  it.each(["mailjet", "sarbacane"])(
    "of %s sent one by one to POST /v1/events arrives in its envelope, byte for byte",
    async (source) => {
      const caller = await rappel.callerOf(`api-${source}`);
      const receiver = await receive();
      const { secret } = await register(caller, receiver.url);
      const objects = objectsIn(sample(source));
      const ids = [];
      for (const object of objects)
        ids.push(
          Accepted.parse((await caller.call("POST", "/v1/events", `{"data":${object},"type":"sample"}`)).json).id,
        );
      for (const { body, headers } of await receiver.waitFor(objects.length)) {
        const text = body.toString("utf8");
        const object = objects[ids.indexOf(headers["webhook-id"] ?? "")];
        expect(text.slice(text.indexOf(',"data":'))).toBe(`,"data":${object}}`);
      }
      for (const one of receiver.received) verify(secret, one);
    },
  );
});

describe("one event", () => {
  it("with numbers, order and characters that JavaScript would lose arrives as it was sent, and reads back so", async () => {
    const caller = await rappel.callerOf("bytes");
    const receiver = await receive();
    const { secret } = await register(caller, receiver.url);
    const payload =
      '{ "zebra":19421777396190491,"1":1.10,"alpha":1e400,"alpha":-0, "t":"\uffff\u2028\u{1F600}\\ud800\\u0000é" }';
    const sent = Accepted.parse((await caller.call("POST", "/v1/events", `{"type":"a.b","data":${payload}}`)).json);
    const [one] = await receiver.waitFor(1);
    if (one === undefined) throw new Error("nothing arrived");
    expect(one.body.toString("utf8")).toMatch(/^\{"id":"evt_[0-9A-Z]{26}","type":"a\.b","timestamp":"[^"]+Z","data":/);
    expect(one.body.toString("utf8").endsWith(`,"data":${payload}}`)).toBe(true);
    verify(secret, one);
    await logged(caller, sent.id);
    expect((await caller.call("GET", `/v1/events/${sent.id}/payload`)).text).toBe(payload);
  });

  it("goes to each endpoint that wants it, and to none of another account", async () => {
    const [acme, other] = [await rappel.callerOf("fan-out"), await rappel.callerOf("fan-out-other")];
    const [all, mail, sms, foreign] = await Promise.all([receive(), receive(), receive(), receive()]);
    await register(acme, all.url);
    await register(acme, mail.url, { eventTypes: ["email.*"] });
    await register(acme, sms.url, { eventTypes: ["sms.*"] });
    await register(other, foreign.url);
    const { id } = Accepted.parse((await acme.call("POST", "/v1/events", { type: "email.opened", data: 1 })).json);
    expect((await logged(acme, id)).json).toMatchObject({ explanation: "2 endpoints subscribed to it: 2 delivered." });
    expect([all, mail, sms, foreign].map(({ received }) => received.length)).toEqual([1, 1, 0, 0]);
    expect((await other.call("GET", `/v1/events/${id}`)).json).toMatchObject({ code: "EVENT_NOT_YET_LOGGED" });
    expect((await other.call("GET", "/v1/events")).json).toMatchObject({ data: [] });
  });

  it("that no endpoint wants is stored and shown so", async () => {
    const caller = await rappel.callerOf("unwanted");
    const { id } = Accepted.parse(
      (await caller.call("POST", "/v1/events", { type: "quiet", data: null, eventId: "q-1" })).json,
    );
    expect((await logged(caller, id)).json).toMatchObject({
      eventId: "q-1",
      deliveries: [],
      explanation: 'Logged, but not sent: no endpoint subscribed to "quiet" when it was dispatched.',
    });
  });

  it("always reaches an endpoint whose 201 came before, though others are known already", async () => {
    const caller = await rappel.callerOf("just-registered");
    for (let round = 0; round < 5; round++) {
      const receiver = await receive();
      await register(caller, receiver.url, { eventTypes: [`round.${round}`] });
      await caller.call("POST", "/v1/events", { type: `round.${round}`, data: round });
      await receiver.waitFor(1);
    }
  });

  it("whose attempt fails stays pending, with the answer and a sentence that explains it", async () => {
    const caller = await rappel.callerOf("failing");
    const receiver = await receive(() => ({ status: 503, headers: { "retry-after": "120" }, body: "try later" }));
    const endpoint = await register(caller, receiver.url, { retrySchedule: "mailjet" });
    const { id } = Accepted.parse((await caller.call("POST", "/v1/events", { type: "t", data: 1 })).json);
    // The log item comes before the backlog item that holds the answer, and this before the endpoint's state.
    await expect
      .poll(async () => (await caller.call("GET", `/v1/endpoints/${endpoint.id}`)).json, { timeout: 300_000 })
      .toMatchObject({ consecutiveFailures: 1, lastSuccessAt: null });
    const told = await logged(caller, id);
    expect(told.json).toMatchObject({
      deliveries: [
        {
          endpointId: endpoint.id,
          status: "pending",
          attempts: [
            { outcome: "http_status", status: 503, response: { body: "try later", headers: { "retry-after": "120" } } },
          ],
        },
      ],
    });
    expect(told.text).toMatch(/"explanation":"Pending: attempt 1 of 21 was answered 503 in \d+ ms; next at [^"]+Z\."/);
    expect((await caller.call("GET", `/v1/endpoints/${endpoint.id}/deliveries?status=pending`)).json).toMatchObject({
      data: [{ eventId: id }],
      nextCursor: null,
    });
    expect((await caller.call("GET", `/v1/endpoints/${endpoint.id}/deliveries?status=delivered`)).json).toMatchObject({
      data: [],
    });
    expect(rappel.logs.filter((line) => line.includes("attempt failed")).join()).toContain(endpoint.id);
  });

  it("answered 204 is pending where only 200 is success", async () => {
    const caller = await rappel.callerOf("only-200");
    const receiver = await receive(() => ({ status: 204 }));
    await register(caller, receiver.url, { success: "200" });
    const { id } = Accepted.parse((await caller.call("POST", "/v1/events", { type: "t", data: 1 })).json);
    expect((await logged(caller, id)).json).toMatchObject({ deliveries: [{ status: "pending" }] });
  });

  it("whose endpoint was deleted meanwhile is shown as cancelled", async () => {
    const caller = await rappel.callerOf("deleted-meanwhile");
    const receiver = await receive(() => ({ status: 500 }));
    const endpoint = await register(caller, receiver.url);
    const { id } = Accepted.parse((await caller.call("POST", "/v1/events", { type: "t", data: 1 })).json);
    await logged(caller, id);
    expect((await caller.call("DELETE", `/v1/endpoints/${endpoint.id}`)).status).toBe(204);
    expect((await caller.call("GET", `/v1/events/${id}`)).json).toMatchObject({
      deliveries: [{ status: "cancelled", reason: "deleted" }],
    });
  });
});

describe("a batch", () => {
  it("of 500 events is answered in order and arrives whole, each once, and reads back over pages", async () => {
    const caller = await rappel.callerOf("batch");
    const receiver = await receive();
    await register(caller, receiver.url, { format: "raw" });
    const events = Array.from({ length: 500 }, (_, n) => ({ type: `n.${n}`, data: n }));
    const accepted = Batch.parse((await caller.call("POST", "/v1/events", events)).json).data;
    expect(accepted.map(({ type }) => type)).toEqual(events.map(({ type }) => type));
    const received = await receiver.waitFor(500);
    expect(received.map(({ body }) => Number(body)).sort((a, b) => a - b)).toEqual(events.map(({ data }) => data));
    for (const { id } of accepted) await logged(caller, id);
    const read: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page: Answer = await caller.call("GET", `/v1/events?limit=100${cursor === "" ? "" : `&cursor=${cursor}`}`);
      const { data, nextCursor } = z
        .object({ data: z.array(z.object({ id: z.string() })), nextCursor: z.string().nullable() })
        .parse(page.json);
      read.push(...data.map(({ id }) => id));
      cursor = nextCursor;
    }
    expect(read).toEqual(
      accepted
        .map(({ id }) => id)
        .sort()
        .reverse(),
    );
  }, 900_000);

  it("with one wrong event is refused whole", async () => {
    const caller = await rappel.callerOf("all-or-nothing");
    const answer = await caller.call("POST", "/v1/events", [{ type: "t", data: 1 }, { type: "t" }]);
    expect([answer.status, answer.json]).toMatchObject([422, { errors: [{ pointer: "/1/data" }] }]);
    await sleep(300);
    expect((await caller.call("GET", "/v1/events")).json).toMatchObject({ data: [] });
  });
});

describe("a slow receiver", () => {
  it("does not hold up another's events", async () => {
    const caller = await rappel.callerOf("slow");
    const released = Promise.withResolvers<void>();
    const [slow, fast] = await Promise.all([receive(() => ({ until: released.promise })), receive()]);
    const timeoutMs = 30_000;
    await register(caller, slow.url, { eventTypes: ["slow"], timeoutMs });
    await register(caller, fast.url, { eventTypes: ["fast"] });
    await caller.call("POST", "/v1/events", Array(30).fill({ type: "slow", data: 1 }));
    const [first] = await slow.waitFor(1);
    await caller.call("POST", "/v1/events", Array(30).fill({ type: "fast", data: 1 }));
    const arrived = await fast.waitFor(30);
    released.resolve();
    // Not one of the slow ones was answered until then, nor was one given up.
    expect(arrived.at(-1)?.at).toBeLessThan((first?.at ?? 0) + timeoutMs);
    await slow.waitFor(30);
  });
});
