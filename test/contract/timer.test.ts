import { once } from "node:events";
import { createServer } from "node:http";
import { CreateScheduleGroupCommand, ListSchedulesCommand } from "@aws-sdk/client-scheduler";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { schedulerClient, sqsClient } from "../../lambdas/adapters/aws/clients.ts";
import { clock } from "../../lambdas/adapters/aws/clock-and-random.ts";
import { schedulerTimer } from "../../lambdas/adapters/aws/timer.ts";
import { decodeWake } from "../../lambdas/adapters/aws/wake-message.ts";
import type { Wake } from "../../lambdas/ports/endpoints.ts";
import { newId } from "../../lambdas/shared/ids.ts";
import { LOCAL, sdkEnvironment } from "../../local/emulator/engines/aws-clients.ts";
import type { Engine } from "../../local/emulator/engines/dynamodb.ts";
import { startSqs } from "../../local/emulator/engines/sqs.ts";
import { startScheduler } from "../../local/emulator/scheduler/scheduler.ts";

const GROUP = "wakes";
const CLOSED = "http://127.0.0.1:9"; // the discard port, where nothing listens
let [sqs, scheduler]: Engine[] = [];
let queues = 0;
const newEndpoint = () => newId("ep", Date.now(), Math.random);
const inSeconds = (seconds: number) => Math.ceil(Date.now() / 1_000 + seconds) * 1_000;

// The SDK reads it at a client's first request.
const useScheduler = (url = "") => vi.stubEnv("AWS_ENDPOINT_URL_SCHEDULER", url);

beforeAll(async () => {
  sqs = await startSqs();
  scheduler = await startScheduler({ sqsUrl: sqs.url });
  const urls = { dynamodb: CLOSED, sqs: sqs.url, scheduler: scheduler.url };
  for (const [name, value] of Object.entries(sdkEnvironment(urls))) vi.stubEnv(name, value);
  useScheduler(scheduler.url);
  await schedulerClient().send(new CreateScheduleGroupCommand({ Name: GROUP }));
});
afterEach(() => useScheduler(scheduler?.url));
afterAll(async () => {
  vi.unstubAllEnvs();
  await scheduler?.stop();
  await sqs?.stop();
});

/** Opens a timer with its own queue, and functions that show what it did. */
async function open(more: { schedulerFromMs?: number; groupName?: string } = {}) {
  const name = `wakes-${++queues}`;
  // Not the functions' own client, because a long poll takes longer than its timeout.
  const client = new SQSClient({ endpoint: sqs?.url ?? "" });
  await client.send(new CreateQueueCommand({ QueueName: name }));
  // Not the URL of the answer, because its host name does not resolve.
  const QueueUrl = `${sqs?.url}/${LOCAL.account}/${name}`;
  const schedules = schedulerClient();
  const sender = sqsClient();
  const delays: unknown[] = [];
  const refusals: { endpoint: string; error: unknown }[] = [];
  sender.middlewareStack.add((next) => (args) => {
    delays.push("DelaySeconds" in args.input && args.input.DelaySeconds);
    return next(args);
  });
  const timer = schedulerTimer({
    scheduler: schedules,
    sqs: sender,
    wakesQueueUrl: QueueUrl,
    wakesQueueArn: `arn:aws:sqs:${LOCAL.region}:${LOCAL.account}:${name}`,
    roleArn: `arn:aws:iam::${LOCAL.account}:role/scheduler`,
    groupName: GROUP,
    schedulerFromMs: 1_000,
    clock,
    report: { scheduleRefused: (endpoint, error) => void refusals.push({ endpoint, error }) },
    ...more,
  });
  return {
    set: timer.set,
    /** The delays that SQS was sent. The engine accepts delays that AWS refuses. */
    delays,
    /** The refusals that were reported. */
    refusals,
    async scheduled(endpoint: string): Promise<(string | undefined)[]> {
      const { Schedules = [] } = await schedules.send(new ListSchedulesCommand({ NamePrefix: endpoint }));
      return Schedules.map(({ Name }) => Name);
    },
    async received(waitSeconds = 15): Promise<{ wake: Wake; at: number } | undefined> {
      const { Messages: [message] = [] } = await client.send(
        new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: waitSeconds }),
      );
      if (message === undefined) return undefined;
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
      return { wake: decodeWake(message.Body ?? ""), at: Date.now() };
    },
    async delayed(): Promise<number> {
      const AttributeNames = ["ApproximateNumberOfMessagesDelayed" as const];
      const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
      return Number(Attributes?.ApproximateNumberOfMessagesDelayed);
    },
  };
}

describe("a wake-up in the Scheduler", () => {
  it("a wake-up arrives at its time, and its schedule is deleted", async () => {
    const { set, received, scheduled } = await open();
    const wake = { endpoint: newEndpoint(), wakeAt: inSeconds(3) };
    await set(wake);
    expect(await scheduled(wake.endpoint)).toEqual([`${wake.endpoint}-${wake.wakeAt / 1_000}`]);
    const got = await received();
    expect(got?.wake).toEqual(wake);
    expect(got?.at).toBeGreaterThanOrEqual(wake.wakeAt);
    await vi.waitFor(async () => expect(await scheduled(wake.endpoint)).toEqual([]), 60_000);
  });

  it("a wake-up that replaces another one leaves one schedule", async () => {
    const { set, scheduled } = await open();
    const endpoint = newEndpoint();
    const [late, early] = [inSeconds(3_600), inSeconds(1_800)];
    await set({ endpoint, wakeAt: late });
    await set({ endpoint, wakeAt: early }, late);
    expect(await scheduled(endpoint)).toEqual([`${endpoint}-${early / 1_000}`]);
  });

  it("a wake-up that replaces itself keeps its schedule", async () => {
    const { set, scheduled } = await open();
    const wake = { endpoint: newEndpoint(), wakeAt: inSeconds(3_600) };
    await set(wake);
    await set(wake, wake.wakeAt);
    // The same with a timer that would send it as a delayed message.
    await (await open({ schedulerFromMs: 7_200_000 })).set(wake, wake.wakeAt);
    expect(await scheduled(wake.endpoint)).toHaveLength(1);
  });

  it("a wake-up that is set twice arrives once, without a reported refusal", async () => {
    const { set, received, scheduled, delayed, refusals } = await open();
    const wake = { endpoint: newEndpoint(), wakeAt: inSeconds(4) };
    await Promise.all([set(wake), set(wake)]);
    expect([(await scheduled(wake.endpoint)).length, await delayed(), refusals]).toEqual([1, 0, []]);
    expect((await received())?.wake).toEqual(wake);
    expect(await received(2)).toBeUndefined();
  });

  it("a wake-up can replace one that has fired or was never a schedule", async () => {
    const { set, scheduled } = await open();
    const wake = { endpoint: newEndpoint(), wakeAt: inSeconds(3_600) };
    await set(wake, Date.now() - 60_000);
    await set(wake, inSeconds(60));
    expect(await scheduled(wake.endpoint)).toHaveLength(1);
  });
});

describe("a wake-up that is too near for the Scheduler", () => {
  it("a near wake-up arrives as a delayed message at its time", async () => {
    const { set, received, scheduled } = await open({ schedulerFromMs: 10_000 });
    const wake = { endpoint: newEndpoint(), wakeAt: inSeconds(2) };
    await set(wake);
    expect(await scheduled(wake.endpoint)).toEqual([]);
    const got = await received();
    expect(got?.wake).toEqual(wake);
    expect(got?.at).toBeGreaterThanOrEqual(wake.wakeAt);
  });

  it("an overdue wake-up arrives at once", async () => {
    const { set, delays, received } = await open();
    const wake = { endpoint: newEndpoint(), wakeAt: inSeconds(-60) };
    await set(wake);
    expect(delays).toEqual([0]);
    expect((await received(5))?.wake).toEqual(wake);
  });

  it("a near wake-up deletes the schedule that it replaces", async () => {
    const { set, scheduled } = await open({ schedulerFromMs: 10_000 });
    const endpoint = newEndpoint();
    const far = inSeconds(3_600);
    await set({ endpoint, wakeAt: far });
    await set({ endpoint, wakeAt: inSeconds(1) }, far);
    expect(await scheduled(endpoint)).toEqual([]);
  });
});

describe("an unavailable Scheduler", () => {
  it("a refused wake-up becomes a delayed message, and the refusal is reported once", async () => {
    const { set, received, refusals } = await open({ groupName: "no-such-group" });
    const wake = { endpoint: newEndpoint(), wakeAt: inSeconds(2) };
    await set(wake, inSeconds(60));
    const error = expect.objectContaining({ name: "ResourceNotFoundException" });
    expect(refusals).toEqual([{ endpoint: wake.endpoint, error }]);
    const got = await received();
    expect(got?.wake).toEqual(wake);
    expect(got?.at).toBeGreaterThanOrEqual(wake.wakeAt);
  });

  it("a wake-up becomes a delayed message with SQS's longest delay if the Scheduler is down", async () => {
    useScheduler(CLOSED);
    const { set, delays, delayed, received, refusals } = await open();
    const near = { endpoint: newEndpoint(), wakeAt: inSeconds(4) };
    const far = { endpoint: newEndpoint(), wakeAt: inSeconds(3_600) };
    await set(far, inSeconds(7_200));
    await set(near);
    expect(delays[0]).toBe(900);
    expect(refusals.map(({ endpoint }) => endpoint)).toEqual([far.endpoint, near.endpoint]);
    expect((await received())?.wake).toEqual(near);
    expect(await delayed()).toBe(1);
  });

  it("a silent Scheduler delays a wake-up only once before it becomes a delayed message", async () => {
    const silent = createServer(() => undefined).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const address = silent.address();
    useScheduler(`http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`);
    const { set, delayed } = await open();
    const begun = Date.now();
    await set({ endpoint: newEndpoint(), wakeAt: inSeconds(3_600) }, inSeconds(7_200));
    expect(Date.now() - begun).toBeLessThan(16_000);
    expect(await delayed()).toBe(1);
    silent.closeAllConnections();
    silent.close();
  });
});

describe("the message of a wake-up", () => {
  it.each(["", "{}", '{"endpoint":"ep_1"}', '{"endpoint":"ep_1","wakeAt":1.5}', '{"endpoint":"","wakeAt":1}'])(
    "a message that is not a wake-up is refused: %s",
    (body) => {
      expect(() => decodeWake(body)).toThrow();
    },
  );
});
