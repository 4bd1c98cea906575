import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeleteScheduleCommand, ListSchedulesCommand } from "@aws-sdk/client-scheduler";
import { ListQueuesCommand, ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { encodeEvent, encodeEventMessage } from "../../../lambdas/adapters/aws/event-message.ts";
import { encodeWake } from "../../../lambdas/adapters/aws/wake-message.ts";
import { dynamoDeliveries } from "../../../lambdas/adapters/dynamodb/deliveries.ts";
import { dynamoStates } from "../../../lambdas/adapters/dynamodb/states.ts";
import { newId } from "../../../lambdas/shared/ids.ts";
import { LIMITS } from "../../../lambdas/shared/limits.ts";
import { schedulerClient, sqsClient } from "../../../local/emulator/engines/aws-clients.ts";
import { eventWith } from "../../support/examples.ts";
import { deliveryOf, endpointOf, eventually, openFixture, register, send } from "../support/fixture.ts";
import { startRappel } from "../support/harness.ts";
import { startReceiver } from "../support/receiver.ts";

// Ours: 600 s, so that the wake-up is a schedule and never fires during the test.
const TEN_MINUTES = { retrySchedule: [{ times: 5, everySeconds: 600 }] };
const { callerOf, receive } = openFixture();

describe.concurrent("repairs after failures", { timeout: 900_000 }, () => {
  it("the sweeper resends a wake-up that never came", async () => {
    const dataFolder = mkdtempSync(join(tmpdir(), "rappel-sweep-"));
    const receiver = await startReceiver(() => (receiver.received.length === 1 ? { status: 503 } : {}));
    const before = await startRappel({ dataFolder });
    const owner = await before.callerOf("swept");
    const id = await register(owner, receiver.url, TEN_MINUTES);
    const eventId = await send(owner, 1);
    await eventually(async () => expect((await endpointOf(owner, id)).consecutiveFailures).toBe(1));
    // The schedule is deleted, and the wake-up is made overdue.
    const { engines, table } = before.service;
    const scheduler = schedulerClient(engines);
    const scheduled = async () => (await scheduler.send(new ListSchedulesCommand({ NamePrefix: id }))).Schedules ?? [];
    await eventually(async () => expect(await scheduled()).toHaveLength(1));
    for (const { Name, GroupName } of await scheduled())
      await scheduler.send(new DeleteScheduleCommand({ Name, GroupName }));
    scheduler.destroy();
    const wakeAt = Date.now() - (LIMITS.overdueSeconds + 60) * 1_000;
    const deliveries = dynamoDeliveries(table);
    const [pending] = await deliveries.oldest(id, { limit: 1 });
    if (pending === undefined) throw new Error("No delivery is pending");
    await deliveries.revise({ ...pending, dueAt: wakeAt }, pending);
    await dynamoStates(table).update(id, { set: { wakeAt } });
    await before.stop();

    // The sweeper runs at the start and then every minute.
    const after = await startRappel({ dataFolder });
    await receiver.waitFor(2);
    const caller = await after.callerOf("swept");
    await eventually(async () => expect((await deliveryOf(caller, eventId)).status).toBe("delivered"));
    await after.stop();
    await receiver.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  });

  it("an event in the dead-letter queue is delivered within a minute, and a message that cannot be decoded joins it there", async () => {
    const rappel = await startRappel();
    const caller = await rappel.callerOf("redriven");
    const receiver = await receive();
    await register(caller, receiver.url);
    const { engines, queueUrl } = rappel.service;
    const sqs = sqsClient(engines);
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
    const urlOf = (name: string) => QueueUrls.find((url) => url.includes(name));
    const [dead, deadWakeUps] = [urlOf("EventsDeadLetters"), urlOf("WakeUpsDeadLetters")];
    const now = Date.now();
    const event = eventWith({ account: "redriven", id: newId("evt", now, Math.random), acceptedAt: now });
    const body = encodeEventMessage("redriven", [encodeEvent(event)]);
    await sqs.send(new SendMessageCommand({ QueueUrl: dead, MessageBody: body }));
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: "malformed" }));
    // The table has all wake-ups: one of the dead letters is not needed.
    await sqs.send(
      new SendMessageCommand({ QueueUrl: deadWakeUps, MessageBody: encodeWake({ endpoint: "ep_1", wakeAt: now }) }),
    );
    await sqs.send(new SendMessageCommand({ QueueUrl: urlOf("WakeUpsQueue"), MessageBody: "malformed" }));
    await receiver.waitFor(1);
    expect(receiver.received[0]?.headers["webhook-id"]).toBe(event.id);
    await eventually(async () => expect((await deliveryOf(caller, event.id)).status).toBe("delivered"));
    for (const QueueUrl of [dead, deadWakeUps]) {
      const receiveDead = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 1 });
      await eventually(async () =>
        expect(((await sqs.send(receiveDead)).Messages ?? []).map(({ Body }) => Body)).toEqual(["malformed"]),
      );
    }
    sqs.destroy();
    await rappel.stop();
  });

  it("a delivery that fails after its endpoint was deleted is cancelled", async () => {
    const caller = await callerOf("forgotten");
    const receiver = await receive(() => ({ status: 503, delayMs: 6_000 }));
    const id = await register(caller, receiver.url);
    const eventId = await send(caller, 1);
    await receiver.waitFor(1);
    expect((await caller.call("DELETE", `/v1/endpoints/${id}`)).status).toBe(204);
    await eventually(async () =>
      expect(await deliveryOf(caller, eventId)).toMatchObject({ status: "cancelled", reason: "deleted" }),
    );
  });

  it("an earlier wake-up replaces a later one after the schedule is changed", async () => {
    const rappel = await startRappel();
    const caller = await rappel.callerOf("sooner");
    const receiver = await receive(() => ({ status: 503 }));
    const id = await register(caller, receiver.url, { retrySchedule: [{ times: 5, everySeconds: 3_600 }] });
    const scheduler = schedulerClient(rappel.service.engines);
    const names = async () =>
      (await scheduler.send(new ListSchedulesCommand({ NamePrefix: id }))).Schedules?.map(({ Name }) => Name) ?? [];
    await send(caller, 1);
    await eventually(async () => expect(await names()).toHaveLength(1));
    const [late] = await names();
    await caller.call("PATCH", `/v1/endpoints/${id}`, { retrySchedule: [{ times: 5, everySeconds: 600 }] });
    await send(caller, 2);
    await eventually(async () => expect([(await names()).length, (await names())[0] === late]).toEqual([1, false]));
    scheduler.destroy();
    await rappel.stop();
  });
});
