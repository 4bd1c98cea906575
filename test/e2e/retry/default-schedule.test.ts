import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { defaultSchedule } from "../../../local/emulator/default-schedule.ts";
import { Ledger, usedOf } from "../../../local/emulator/usage-meter/ledger.ts";
import { LiveSchedules } from "../../../local/emulator/usage-meter/live-schedules.ts";
import { type Rappel, startRappel } from "../support/harness.ts";
import { startReceiver } from "../support/receiver.ts";

let rappel: Rappel;
beforeAll(async () => {
  rappel = await startRappel({ overrides: defaultSchedule("5x1s"), meter: true });
}, 300_000);
afterAll(() => rappel?.stop());

const Endpoint = z.object({ id: z.string(), status: z.string(), statusReason: z.string(), retrySchedule: z.unknown() });

describe("a run with its own default schedule", { timeout: 900_000 }, () => {
  it("an endpoint without a schedule uses the run's default schedule until its final outcome", async () => {
    const caller = await rappel.callerOf("default");
    const receiver = await startReceiver(() => ({ status: 500 }));
    const call = async (method: string, path: string, body?: object) =>
      Endpoint.parse((await caller.call(method, path, body)).json);
    const { id, retrySchedule } = await call("POST", "/v1/endpoints", { url: receiver.url, eventTypes: ["*"] });
    expect(retrySchedule).toEqual([{ times: 5, everySeconds: 1 }]);

    await caller.call("POST", "/v1/events", { type: "t", data: 1 });
    const until = Date.now() + 300_000;
    while ((await call("GET", `/v1/endpoints/${id}`)).status !== "suspended" && Date.now() < until) await sleep(200);
    expect(await call("GET", `/v1/endpoints/${id}`)).toMatchObject({
      status: "suspended",
      statusReason: "all 6 attempts failed",
    });
    expect(receiver.received).toHaveLength(6);

    // The Scheduler holds one schedule at a time. No wake-up falls back to a delayed message.
    const { ledger, schedules } = z
      .object({ ledger: z.instanceof(Ledger), schedules: z.instanceof(LiveSchedules) })
      .parse(rappel.service.meter);
    const made = ledger.counts().filter(({ action }) => action === "CreateSchedule");
    expect(made.map(({ failures }) => failures)).toEqual(made.map(() => 0));
    expect(made.length).toBeGreaterThan(0);
    expect(usedOf(ledger.counts(), "schedulerInvocations")).toBeGreaterThan(0);
    expect(schedules.mostOf(id)).toBe(1);
    await receiver.stop();
  });

  it("an endpoint with a schedule keeps it in a run with a default schedule", async () => {
    const caller = await rappel.callerOf("own");
    const endpoint = { url: "http://127.0.0.1:1024/", eventTypes: ["*"], retrySchedule: "mailjet" };
    expect((await caller.call("POST", "/v1/endpoints", endpoint)).json).toMatchObject({ retrySchedule: "mailjet" });
  });
});
