import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { deliveryOf, eventually, register, send } from "../support/fixture.ts";
import { type Rappel, startRappel } from "../support/harness.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { showWarnings } from "../support/warnings.ts";

let rappel: Rappel;
let failing: Receiver;
beforeAll(async () => {
  // Ours: 1 s, because nothing else writes for this account.
  [rappel, failing] = await Promise.all([
    startRappel({ overrides: { ERASE_AFTER_SECONDS: "1" } }),
    startReceiver(() => ({ status: 503 })),
  ]);
}, 300_000);
afterAll(async () => {
  await failing?.stop();
  await rappel?.stop();
});
showWarnings(() => rappel?.logs);

const Phase = z.object({ status: z.string(), deletion: z.object({ phase: z.string() }) });
// The eraser runs at each full minute: once to cancel, once to erase, and once more if a round was slow.
const THREE_RUNS_MS = 190_000;

it(
  "a deleted account is erased in the background, and can then be created again",
  async () => {
    const operator = await rappel.operator();
    const caller = await rappel.callerOf("leaving");
    const named = { "rappel-account": "leaving" };
    // Ours: 600 s, so that the Scheduler holds the wake-up and the eraser deletes its schedule before it fires.
    await register(caller, failing.url, { retrySchedule: [{ times: 5, everySeconds: 600 }] });
    const eventId = await send(caller, { a: 1 });
    await eventually(async () => expect((await deliveryOf(caller, eventId)).attempts).toHaveLength(1));

    expect((await operator.call("DELETE", "/v1/accounts/leaving")).status).toBe(202);
    await expect
      .poll(async () => Phase.parse((await operator.call("GET", "/v1/accounts/leaving")).json).status, {
        timeout: THREE_RUNS_MS,
        interval: 1_000,
      })
      .toBe("deleted");
    expect((await operator.call("GET", "/v1/accounts/leaving")).json).toMatchObject({
      deletion: { phase: "done", endpointsLeft: 0, eventsErased: 1 },
    });
    for (const path of ["/v1/events", "/v1/endpoints"])
      expect((await operator.call("GET", path, undefined, named)).json).toMatchObject({ data: [], nextCursor: null });
    await expect.poll(async () => (await caller.call("GET", "/v1/events")).status, { timeout: 300_000 }).toBe(401);
    expect(failing.received).toHaveLength(1);

    expect((await operator.call("PUT", "/v1/accounts/leaving", {})).json).toMatchObject({ status: "active" });
    const recreated = await rappel.callerOf("leaving");
    expect((await recreated.call("GET", "/v1/events")).json).toMatchObject({ data: [], nextCursor: null });
  },
  THREE_RUNS_MS + 600_000,
);
