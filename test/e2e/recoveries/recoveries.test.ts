import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Faults } from "../../../local/emulator/usage-meter/fault.ts";
import { eventually, register, send, sendMany } from "../support/fixture.ts";
import { type Rappel, startRappel } from "../support/harness.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { showWarnings } from "../support/warnings.ts";
import { missEvents, receivedNumbers, recover, recoveryOf, sendFresh } from "./outage-story.ts";

const MISSED = 3_000;
let isApiQueueDown = false;
const faults: Faults = ({ by, service }) =>
  isApiQueueDown && by === "api" && service === "sqs"
    ? { kind: "error", status: 500, type: "com.amazonaws.sqs#InternalError" }
    : undefined;

let rappel: Rappel;
const receivers: Receiver[] = [];
beforeAll(async () => {
  // Ours: a wait of 3 s for young events instead of 15 minutes.
  rappel = await startRappel({ faults, overrides: { NOT_YET_LOGGED_SECONDS: "3" } });
}, 300_000);
afterAll(async () => {
  await Promise.all(receivers.map((receiver) => receiver.stop()));
  await rappel?.stop();
});
showWarnings(() => rappel?.logs);

/** A receiver that answers 503 until `works` is called. */
async function startBroken() {
  let status = 503;
  const receiver = await startReceiver(() => ({ status }));
  receivers.push(receiver);
  return {
    receiver,
    works: () => {
      status = 200;
    },
  };
}

describe("recoveries", { timeout: 900_000 }, () => {
  it("an outage is recovered while new events flow, cancelled half-way and begun again: each event arrives once", async () => {
    const caller = await rappel.callerOf("recovering");
    const { receiver, works } = await startBroken();
    const listener = await startReceiver();
    receivers.push(listener);
    await register(caller, listener.url, { eventTypes: ["rappel.recovery.finished"], format: "raw" });
    const endpoint = await missEvents(caller, receiver, MISSED, { eventTypes: ["t"], releaseRate: 50 });
    works();
    const before = receiver.received.length;
    const stopFresh = sendFresh(caller, MISSED);

    const dryRun = await caller.call("POST", "/v1/recoveries", { endpoint, dryRun: true });
    expect([dryRun.status, dryRun.json]).toMatchObject([200, { estimate: { deliveries: MISSED, isComplete: true } }]);
    const first = await recover(caller, { endpoint });
    expect(first.estimate).toEqual({ deliveries: MISSED, isComplete: true });
    expect((await recover(caller, { endpoint })).id).toBe(first.id);
    // More than half would join only after a minute: the backlog has room for 30 s of its release rate.
    await eventually(async () => expect((await recoveryOf(caller, first.id)).progress.resent).toBeGreaterThan(500));
    const answered = await caller.call("POST", `/v1/recoveries/${first.id}/cancel`);
    expect([answered.status, answered.json]).toMatchObject([200, { status: "cancelled" }]);
    await caller.call("PATCH", `/v1/endpoints/${endpoint}`, { releaseRate: 500 });
    await eventually(async () => expect((await recoveryOf(caller, first.id)).finishedAt).not.toBeNull());
    const cancelled = await recoveryOf(caller, first.id);
    expect(cancelled.progress.resent).toBeLessThan(MISSED);

    const again = await recover(caller, { endpoint });
    // An estimate ends after 15 s; a slow machine may not have come to its end.
    const rest = MISSED - cancelled.progress.resent;
    expect(again.estimate).toEqual(
      again.estimate.isComplete ? { deliveries: rest, isComplete: true } : { ...again.estimate, isComplete: false },
    );
    await eventually(async () => expect((await recoveryOf(caller, again.id)).status).toBe("finished"));
    const finished = await recoveryOf(caller, again.id);
    expect(finished.progress).toEqual({
      ...finished.progress,
      matched: MISSED - cancelled.progress.resent,
      resent: MISSED - cancelled.progress.resent,
      skipped: 0,
    });
    const total = MISSED + (await stopFresh());
    await receiver.waitFor(before + total);
    const numbers = receivedNumbers(receiver, before);
    expect([numbers.length, new Set(numbers).size]).toEqual([total, total]);
    await listener.waitFor(2);
    expect(listener.received.map(({ body }) => JSON.parse(body.toString()))).toMatchObject([
      { recovery: first.id, status: "cancelled", resent: cancelled.progress.resent },
      { recovery: again.id, status: "finished", resent: MISSED - cancelled.progress.resent },
    ]);
    const list = await caller.call("GET", "/v1/recoveries?limit=1");
    expect(list.json).toMatchObject({ data: [{ id: again.id }], nextCursor: expect.anything() });
  });

  it("a new endpoint gets the earlier events of its types", async () => {
    const caller = await rappel.callerOf("replaying");
    const [old, added] = [await startReceiver(), await startReceiver()];
    receivers.push(old, added);
    await register(caller, old.url);
    await sendMany(caller, 0, 20);
    await caller.call("POST", "/v1/events", { type: "other", data: 99 });
    await old.waitFor(21);
    const endpoint = await register(caller, added.url, { eventTypes: ["t"] });
    const { id } = await recover(caller, { endpoint, statuses: ["unsent"] });
    await added.waitFor(20);
    await eventually(async () => expect((await recoveryOf(caller, id)).status).toBe("finished"));
    expect((await recoveryOf(caller, id)).progress).toMatchObject({ matched: 20, resent: 20 });
    expect(receivedNumbers(added, 0).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });

  it("a recovery whose first step could not be queued is begun by the sweeper", async () => {
    const caller = await rappel.callerOf("queue-outage");
    const { receiver, works } = await startBroken();
    const endpoint = await missEvents(caller, receiver, 10);
    works();
    const before = receiver.received.length;
    isApiQueueDown = true;
    expect((await caller.call("POST", "/v1/recoveries", { endpoint })).status).toBe(503);
    isApiQueueDown = false;
    await receiver.waitFor(before + 10, 600_000);
    await eventually(async () =>
      expect((await caller.call("GET", "/v1/recoveries")).json).toMatchObject({
        data: [{ status: "finished", progress: { resent: 10 } }],
      }),
    );
    await send(caller, 10);
    await receiver.waitFor(before + 11);
  });
});
