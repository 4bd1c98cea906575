import { describe, expect, it } from "vitest";
import { dynamoStates } from "../../lambdas/adapters/dynamodb/states.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { seededRandom } from "../../local/simulator/memory/clock.ts";
import { Accepted, FAULTS, isRefusedForNow, openFaultyServices } from "./faulty-services.ts";

const { handlers, fail, repair, open, receive } = openFaultyServices();
const LOST_AFTER_MS = 3_000; // a wake-up that is later than this is lost, because the handlers run without a sweeper

/** Runs the sweeper as if the two minutes until a wake-up is overdue had passed. */
async function sweepEarly(endpoint: string): Promise<void> {
  const states = dynamoStates(handlers().table);
  const { wakeAt } = (await states.read([endpoint])).get(endpoint) ?? {};
  if (wakeAt === undefined || wakeAt > Date.now() - LOST_AFTER_MS) return;
  const long = Date.now() - (LIMITS.overdueSeconds + 1) * 1_000;
  await states.update(endpoint, { set: { wakeAt: long }, onlyIf: [{ field: "wakeAt", is: "equal", to: wakeAt }] });
  await handlers().sweep(undefined);
}

describe("random faults in any AWS call", () => {
  it("every event answered 202 is delivered, and every refused request can be repeated with its key", {
    timeout: 900_000,
  }, async () => {
    const { next: random } = seededRandom(20_261_122);
    const receiver = await receive(() => (random() < 0.2 ? { status: 500 } : {}));
    const { send, register, statusesOf } = await open("random");
    const endpoint = await register(receiver.url, { retrySchedule: [{ times: 30, everySeconds: 1 }] });
    const answeredFaults = Object.values(FAULTS)
      .flat()
      .map(([, fault]) => fault)
      .filter(({ kind }) => kind === "error" || kind === "hang up");
    fail(({ service }) => {
      if (random() > 0.2) return undefined;
      const ofService = FAULTS[service].map(([, fault]) => fault).filter((fault) => answeredFaults.includes(fault));
      const fault = ofService[Math.floor(random() * ofService.length)];
      return fault?.kind === "error" && random() < 0.5 ? { ...fault, isDone: true } : fault;
    });
    const acknowledged: string[] = [];
    let refused = 0;
    for (let n = 0; n < 60; n++) {
      for (let tries = 0; tries < 40; tries++) {
        const answer = await send(n, { "idempotency-key": `random-${n}` });
        if (answer.statusCode === 202) {
          acknowledged.push(Accepted.parse(JSON.parse(answer.body)).id);
          break;
        }
        refused++;
        // 409: the first request with this key may still be in progress. The test goes on with a new key.
        if (answer.statusCode === 409) break;
        expect(isRefusedForNow(answer), JSON.stringify(answer)).toBe(true);
      }
    }
    for (let turn = 0; turn < 40; turn++)
      await Promise.all([handlers().turn("events"), handlers().turn("wakes")]).catch(() => undefined);
    repair();
    const isDelivered = async (id: string) => (await statusesOf(id)).join() === "delivered";
    for (const until = Date.now() + 300_000; Date.now() < until; ) {
      await handlers().turn("events");
      await handlers().turn("wakes");
      await sweepEarly(endpoint);
      if ((await Promise.all(acknowledged.map(isDelivered))).every(Boolean)) break;
    }
    expect(refused).toBeGreaterThan(0);
    expect(acknowledged.length).toBeGreaterThan(30);
    const arrived = new Set(receiver.received.map(({ headers }) => headers["webhook-id"]));
    expect(acknowledged.filter((id) => !arrived.has(id))).toEqual([]);
    expect(await Promise.all(acknowledged.map(statusesOf))).toEqual(acknowledged.map(() => ["delivered"]));
  });
});
