import { expect, it } from "vitest";
import { callsOf, runForCost } from "../../../bench/cost-run.ts";
import { isByTheClock } from "../../../local/emulator/usage-meter/bill.ts";
import { dollarsFor, scaled, usesOf } from "../../../local/emulator/usage-meter/usage.ts";

it("a million events of 1 KB in batches of 25 cost less than $1.20, with the whole log", {
  timeout: 900_000,
}, async () => {
  const plan = { events: 500, batch: 25, endpoints: 1, payloadBytes: 1_024, receiverMs: 20, samples: 5 };
  const { counts, events, requests, posts, alone } = await runForCost(plan);
  expect([events, requests, posts]).toEqual([500, 20, 500]);
  const ofEvents = counts.filter((one) => !isByTheClock(one));
  const uses = usesOf(ofEvents);
  // One write of one unit for each event, one for each batch's counters, and nothing else is written.
  const counted = callsOf(counts, "dispatch", "UpdateItem");
  expect([callsOf(counts, "dispatch", "PutItem"), uses.writeUnits]).toEqual([500, 500 + counted]);
  expect(counted).toBe(callsOf(counts, "pollers", "ReceiveMessage"));
  expect([uses.httpRequests, uses.schedulerInvocations]).toEqual([20, 0]);
  expect(uses.logBytes).toBeGreaterThan(0);
  expect(alone.accept).toBeGreaterThan(0);
  // It waits for the receiver with 512 MB, which is no matter of the machine's; a timer may fire a millisecond early.
  expect(alone.dispatch).toBeGreaterThanOrEqual(((plan.receiverMs - 1) / 1_000) * 0.5);
  // Time is this machine's, and a noisy one must not decide here: `npm run cost` tells what it adds.
  expect(dollarsFor(scaled({ ...uses, gbSeconds: 0 }, 1_000_000 / events))).toBeLessThan(1.1);
});
