import { setTimeout as sleep } from "node:timers/promises";
import { ListSchedulesCommand } from "@aws-sdk/client-scheduler";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { schedulerClient } from "../../../local/emulator/engines/aws-clients.ts";
import { type Rappel, startRappel } from "../support/harness.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { showWarnings } from "../support/warnings.ts";

let rappel: Rappel;
let receiver: Receiver;
beforeAll(async () => {
  rappel = await startRappel();
  receiver = await startReceiver(() => ({ status: 503 }));
}, 300_000);
afterAll(async () => {
  await receiver?.stop();
  await rappel?.stop();
});
showWarnings(() => rappel?.logs);

it("a wait of 10 s or more is exactly one schedule of EventBridge Scheduler", {
  timeout: 900_000,
}, async () => {
  const { call } = await rappel.callerOf("acme");
  const retrySchedule = [{ times: 5, everySeconds: 600 }];
  const registered = await call("POST", "/v1/endpoints", { url: receiver.url, eventTypes: ["*"], retrySchedule });
  const { id } = z.object({ id: z.string() }).parse(registered.json);
  await call(
    "POST",
    "/v1/events",
    [1, 2, 3].map((data) => ({ type: "t", data })),
  );

  const scheduler = schedulerClient(rappel.service.engines);
  let names: (string | undefined)[] = [];
  for (const until = Date.now() + 300_000; names.length === 0 && Date.now() < until; await sleep(200)) {
    const { Schedules = [] } = await scheduler.send(new ListSchedulesCommand({ NamePrefix: id }));
    names = Schedules.map(({ Name }) => Name);
  }
  scheduler.destroy();
  expect(names).toEqual([expect.stringMatching(new RegExp(`^${id}-\\d{10}$`))]);
  expect(rappel.logs.filter((line) => line.includes("Scheduler"))).toEqual([]);
});
