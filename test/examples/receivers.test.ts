import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { type Target, webhookFor } from "../../lambdas/delivery/model/webhook-request.ts";
import type { Event } from "../../lambdas/events/model/event.ts";
import { newSecret } from "../../lambdas/payload/signature.ts";
import { type Receiver, startReceiver } from "../e2e/support/receiver.ts";
import { endpointWith, eventWith } from "../support/examples.ts";
import { canRun, EXAMPLES, type ReceiverProcess, startExample } from "../support/receiver-process.ts";

const folder = mkdtempSync(join(tmpdir(), "rappel-receivers-"));
const LANGUAGES = (["TypeScript", "Python", "PHP"] as const).map((language) => {
  const isHere = canRun(language);
  const title = isHere ? language : `${language} (skipped: there is no ${EXAMPLES[language].command} here)`;
  return { language, isHere, title };
});

const secret = newSecret(Buffer.alloc(32, 5));
const other = newSecret(Buffer.alloc(32, 6));
const NEW = { maxEvents: 10, maxBytes: 10_000, windowMs: 1_000 };
const Line = z.object({ webhookId: z.string(), eventIds: z.array(z.string()), body: z.string().optional() });

const running: ReceiverProcess[] = [];
const nexts: Receiver[] = [];
let stores = 0;
afterEach(async () => {
  for (const receiver of running.splice(0)) await receiver.kill();
  for (const next of nexts.splice(0)) await next.stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(LANGUAGES)("the receiver in $title", ({ language, isHere }) => {
  /** Starts the receiver with a store, and returns functions that send to it and read its store. */
  async function started(
    env: Record<string, string> = {},
    store = join(folder, `store-${++stores}.jsonl`),
    disk?: { storeKib: number },
  ) {
    const { url, kill } = await startExample(language, { WEBHOOK_SECRET: secret, STORE: store, ...env }, disk);
    running.push({ url, kill });
    const post = async (events: readonly [Event, ...Event[]], more: Partial<Target> = {}, now = Date.now()) => {
      const { headers, body } = webhookFor(endpointWith({ secrets: [secret], format: "raw", ...more }), events, now);
      return send(headers, body);
    };
    const send = async ({ "content-length": _, ...headers }: Record<string, string>, body: Uint8Array) => {
      const answer = await fetch(url, { method: "POST", headers, body: new Uint8Array(body) });
      await answer.arrayBuffer();
      return answer;
    };
    return {
      store,
      url,
      kill,
      post,
      send,
      status: async (...sent: Parameters<typeof post>) => (await post(...sent)).status,
      stored: () =>
        (existsSync(store) ? readFileSync(store, "utf8") : "")
          .split("\n")
          .filter((line) => line !== "")
          .map((line) => Line.parse(JSON.parse(line))),
    };
  }
  const PAYLOADS = ['{"n":19421777396190491,"f":1.10,"é":"[\\"]}{,"}', '["a",[1,{"b":","}]]', '"\\\\"', "1e400"];
  const newEvents = (): [Event, Event, Event, Event] => {
    const [first, second, third, fourth] = PAYLOADS.map((payload) => eventWith({ payload: Buffer.from(payload) }));
    if (first === undefined || second === undefined || third === undefined || fourth === undefined)
      throw new Error("Four payloads are needed");
    return [first, second, third, fourth];
  };

  describe.skipIf(!isHere)("", () => {
    it("stores signed webhooks byte for byte and answers 200", async () => {
      const { status, stored } = await started();
      const events = newEvents();
      for (const event of events) expect(await status([event])).toBe(200);
      expect(stored()).toMatchObject(
        events.map(({ id }, index) => ({ webhookId: id, eventIds: [id], body: PAYLOADS[index] })),
      );
    });

    it("answers 401 to unsigned, wrongly signed or changed webhooks and stores nothing", async () => {
      const { status, send, stored, url } = await started();
      const [event] = newEvents();
      expect(await status([event], { secrets: [other] })).toBe(401);
      const { headers, body } = webhookFor(endpointWith({ secrets: [secret] }), [event], Date.now());
      expect((await send(headers, Buffer.concat([body, Buffer.from(" ")]))).status).toBe(401);
      expect((await send({ ...headers, "webhook-id": `${event.id}x` }, body)).status).toBe(401);
      expect((await send({ ...headers, "webhook-signature": "v1, v1,ÿ v2,x" }, body)).status).toBe(401);
      for (const name of ["webhook-id", "webhook-timestamp", "webhook-signature"]) {
        const { [name]: _, ...without } = headers;
        expect((await send(without, body)).status).toBe(401);
      }
      expect((await fetch(url)).status).toBeGreaterThanOrEqual(400);
      expect(stored()).toEqual([]);
    });

    it("answers 401 to webhooks signed more than five minutes ago or in the future", async () => {
      const { status, stored } = await started();
      const [event] = newEvents();
      expect(await status([event], {}, Date.now() - 310_000)).toBe(401);
      expect(await status([event], {}, Date.now() + 310_000)).toBe(401);
      expect(stored()).toEqual([]);
      expect(await status([event], {}, Date.now() - 200_000)).toBe(200);
    });

    it("accepts both secrets during a rotation", async () => {
      const { status } = await started({ WEBHOOK_SECRET: `${other} ${secret}` });
      const [first, second, third] = newEvents();
      expect(await status([first], { secrets: [secret] })).toBe(200);
      expect(await status([second], { secrets: [other] })).toBe(200);
      expect(await status([third], { secrets: [newSecret(Buffer.alloc(32, 7)), secret] })).toBe(200);
    });

    it("stores a repeated webhook once, also with concurrent requests and after kill -9", async () => {
      const { status, stored, kill, store } = await started();
      const [first, second] = newEvents();
      expect([await status([first]), await status([first])]).toEqual([200, 200]);
      expect(await Promise.all(Array.from({ length: 10 }, () => status([second])))).toEqual(Array(10).fill(200));
      expect(stored()).toHaveLength(2);
      await kill();
      const again = await started({}, store);
      expect([await again.status([first]), await again.status([second])]).toEqual([200, 200]);
      expect(again.stored()).toHaveLength(2);
    });

    it("stores each event of a group with its own bytes, and only new ones", async () => {
      const { status, stored } = await started();
      const [first, second, third, fourth] = newEvents();
      expect(await status([second])).toBe(200);
      expect(await status([first, second, third], { group: NEW })).toBe(200);
      expect(await status([first, second, third], { group: NEW })).toBe(200);
      expect(await status([third, fourth], { group: NEW })).toBe(200);
      expect(await status([fourth], { group: NEW })).toBe(200);
      expect(stored().map(({ eventIds, body }) => [eventIds, body])).toEqual([
        [[second.id], PAYLOADS[1]],
        [[first.id], PAYLOADS[0]],
        [[third.id], PAYLOADS[2]],
        [[fourth.id], PAYLOADS[3]],
      ]);
    });

    it("keeps a group that is not JSON as a whole, with its event ids", async () => {
      const { status, stored } = await started();
      const [first, second] = newEvents();
      const xml: Partial<Target> = { group: NEW, format: "standard", encoding: "xml" };
      expect([await status([first, second], xml), await status([first, second], xml)]).toEqual([200, 200]);
      expect(stored()).toMatchObject([{ eventIds: [first.id, second.id], body: expect.stringMatching(/^<\?xml /) }]);
    });

    it("removes an incomplete line that a crash has left", async () => {
      const { status, kill, store } = await started();
      const [first, second] = newEvents();
      await status([first]);
      await kill();
      appendFileSync(store, `{"webhookId":"${second.id}","eve`);
      const again = await started({}, store);
      expect(await again.status([second])).toBe(200);
      expect(again.stored().map(({ webhookId }) => webhookId)).toEqual([first.id, second.id]);
    });

    it("stores the missing events of a group after a crash", async () => {
      const store = join(folder, `store-${++stores}.jsonl`);
      const [first, second, third] = newEvents();
      const group = endpointWith({ secrets: [secret], format: "raw", group: NEW });
      const { "webhook-id": webhookId } = webhookFor(group, [first, second, third], 0).headers;
      const [whole, part] = [first, second].map(({ id }, n) =>
        JSON.stringify({ webhookId, eventIds: [id], receivedAt: "", contentType: "", body: PAYLOADS[n] }),
      );
      appendFileSync(store, `${whole}\n${part?.slice(0, 60)}`);
      const { status, stored } = await started({}, store);
      expect(await status([first, second, third], { group: NEW })).toBe(200);
      expect(stored().map(({ eventIds, body }) => [eventIds, body])).toEqual([
        [[first.id], PAYLOADS[0]],
        [[second.id], PAYLOADS[1]],
        [[third.id], PAYLOADS[2]],
      ]);
    });

    it("answers 500 if the disk is full, leaves no incomplete line, and stores the repeated webhook", async () => {
      const { status, stored } = await started({}, undefined, { storeKib: 1 });
      const [first, second, third] = newEvents();
      const large = eventWith({ payload: Buffer.from(`"${"x".repeat(2_000)}"`) });
      expect(await status([first])).toBe(200);
      expect(await status([second, large], { group: NEW })).toBe(500);
      expect(await status([second, large], { group: NEW })).toBe(500);
      expect(await status([large])).toBe(500);
      expect(await status([third, second], { group: NEW })).toBe(200);
      expect(stored().map(({ eventIds }) => eventIds)).toEqual([[first.id], [third.id], [second.id]]);
    });

    it("forwards the same bytes and headers, and returns the answer", async () => {
      const next = await startReceiver();
      nexts.push(next);
      const { post } = await started({ NEXT_URL: next.url });
      const [first, second] = newEvents();
      expect((await post([first, second], { group: NEW })).status).toBe(200);
      const { headers, body } = webhookFor(
        endpointWith({ secrets: [secret], format: "raw", group: NEW }),
        [first, second],
        0,
      );
      const [passed] = next.received;
      expect(passed?.body).toEqual(Buffer.from(body));
      for (const name of ["webhook-id", "rappel-event-ids", "content-type"])
        expect(passed?.headers[name]).toBe(headers[name]);
      expect(passed?.headers["webhook-signature"]).toMatch(/^v1,/);
    });

    it("fails so that Rappel retries if forwarding fails, and forwards nothing twice after a success", async () => {
      let status = 503;
      const next = await startReceiver(() => ({ status, headers: { "retry-after": "7", location: "/elsewhere" } }));
      const { post, stored } = await started({ NEXT_URL: next.url });
      const [event] = newEvents();
      const failed = await post([event]);
      expect([failed.status, failed.headers.get("retry-after")]).toEqual([503, "7"]);
      status = 302;
      expect((await post([event])).status).toBe(502);
      status = 204;
      expect([(await post([event])).status, (await post([event])).status]).toEqual([204, 200]);
      expect(next.received).toHaveLength(3);
      expect(stored()).toMatchObject([{ webhookId: event.id, eventIds: [event.id] }]);
      await next.stop();
      expect((await post([newEvents()[1]])).status).toBe(502);
    });

    it("forwards a webhook once for many concurrent copies", async () => {
      const next = await startReceiver(() => ({ delayMs: 300 }));
      nexts.push(next);
      const { post } = await started({ NEXT_URL: next.url });
      const [event] = newEvents();
      const answers = await Promise.all(Array.from({ length: 5 }, () => post([event])));
      expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(200));
      expect(next.received).toHaveLength(1);
    });
  });
});
