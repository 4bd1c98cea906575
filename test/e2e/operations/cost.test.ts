import { expect, it } from "vitest";
import { callsOf, runForCost } from "../../../bench/cost/cost-run.ts";
import { isTimeDriven } from "../../../local/emulator/usage-meter/bill.ts";
import { dollarsFor, scaled, usageOf } from "../../../local/emulator/usage-meter/usage.ts";

it("a million events of 1 KB in batches of 25 cost less than $1.20 including the event log", {
  timeout: 900_000,
}, async () => {
  const plan = { events: 500, batch: 25, endpoints: 1, payloadBytes: 1_024, receiverMs: 20, samples: 5 };
  // A call that the SDK sends again counts twice: a busy machine repeats the run until there is none.
  let run = await runForCost(plan);
  while (run.retriedCalls > 0) run = await runForCost(plan);
  const { counts, events, requests, posts, alone } = run;
  expect([events, requests, posts]).toEqual([500, 20, 500]);
  const ofEvents = counts.filter((count) => !isTimeDriven(count));
  const uses = usageOf(ofEvents);
  // One write unit for each event and one for each batch's counters. Nothing else is written.
  const counted = callsOf(counts, "dispatch", "UpdateItem");
  expect([callsOf(counts, "dispatch", "PutItem"), uses.writeUnits]).toEqual([500, 500 + counted]);
  expect(counted).toBe(callsOf(counts, "pollers", "ReceiveMessage"));
  expect([uses.httpRequests, uses.schedulerInvocations]).toEqual([20, 0]);
  expect(uses.logBytes).toBeGreaterThan(0);
  expect(alone.accept).toBeGreaterThan(0);
  // Dispatch waits for the receiver with 512 MB on any machine. A timer may fire a millisecond early.
  expect(alone.dispatch).toBeGreaterThanOrEqual(((plan.receiverMs - 1) / 1_000) * 0.5);
  // Compute time depends on the machine, so it does not count here. `npm run cost` adds it.
  expect(dollarsFor(scaled({ ...uses, gbSeconds: 0 }, 1_000_000 / events))).toBeLessThan(1.1);
});
