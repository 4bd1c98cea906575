import { randomUUID } from "node:crypto";
import {
  CreateQueueCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sqsDeadLetters } from "../../../lambdas/adapters/aws/dead-letters.ts";
import { sqsQueueDepths } from "../../../lambdas/adapters/aws/queue-depths.ts";
import { sqsSourceQueue } from "../../../lambdas/adapters/aws/source-queue.ts";
import { redriveDeadLetters } from "../../../lambdas/retry/redrive-dead-letters.ts";
import { LIMITS } from "../../../lambdas/shared/limits.ts";
import { sqsClient } from "../../../local/emulator/engines/aws-clients.ts";
import { startSqs } from "../../../local/emulator/engines/sqs.ts";
import { silentLog } from "../../../local/simulator/ports/silent-log.ts";

let engine: Awaited<ReturnType<typeof startSqs>>;
let client: SQSClient;
beforeAll(async () => {
  engine = await startSqs();
  client = sqsClient({ dynamodb: engine.url, sqs: engine.url, scheduler: engine.url, kms: engine.url });
});
afterAll(async () => {
  client.destroy();
  await engine.stop();
});

const decode = (body: string) => {
  if (body.startsWith("malformed")) throw new Error("cannot be read");
};

/** A queue with its dead-letter queue, both empty. */
async function newQueue() {
  const create = async () => (await client.send(new CreateQueueCommand({ QueueName: randomUUID() }))).QueueUrl ?? "";
  const urls = { queueUrl: await create(), deadLettersUrl: await create() };
  const receive = async (QueueUrl: string): Promise<Message[]> => {
    const command = new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
    });
    return (await client.send(command)).Messages ?? [];
  };
  return {
    urls,
    letters: sqsDeadLetters(client, { ...urls, decode }),
    source: sqsSourceQueue(client, urls),
    send: (body: string, to = urls.queueUrl) =>
      client.send(new SendMessageCommand({ QueueUrl: to, MessageBody: body })),
    receive: () => receive(urls.queueUrl),
    receiveDead: () => receive(urls.deadLettersUrl),
  };
}
type Queue = Awaited<ReturnType<typeof newQueue>>;

async function redrive(events: Queue, wakeUps: Queue) {
  const lines: unknown[] = [];
  await redriveDeadLetters({
    clock: { now: Date.now },
    report: { ...silentLog, redriven: (counts) => void lines.push(counts) },
    events: events.letters,
    wakeUps: wakeUps.letters,
  });
  return lines;
}

describe("dead letters", () => {
  it("dead letters of events are sent to their queue again, as they were, and those of wake-ups are deleted", async () => {
    const [events, wakeUps] = [await newQueue(), await newQueue()];
    const bodies = Array.from({ length: 23 }, (_, n) => `event ${n}`);
    for (const body of bodies) await events.send(body, events.urls.deadLettersUrl);
    await wakeUps.send("wake-up", wakeUps.urls.deadLettersUrl);
    expect(await redrive(events, wakeUps)).toEqual([{ eventMessages: 23, wakeUpMessages: 1 }]);
    const received = [await events.receive(), await events.receive(), await events.receive()].flat();
    expect(received.map(({ Body }) => Body).sort()).toEqual(bodies.sort());
    expect(await events.receiveDead()).toEqual([]);
    expect(await wakeUps.receiveDead()).toEqual([]);
    expect(await wakeUps.receive()).toEqual([]);
  });

  it("what cannot be decoded stays where it is, and the others are sent again", async () => {
    const [events, wakeUps] = [await newQueue(), await newQueue()];
    for (let n = 0; n < 12; n++) await events.send(`malformed ${n}`, events.urls.deadLettersUrl);
    await events.send("event", events.urls.deadLettersUrl);
    expect(await redrive(events, wakeUps)).toEqual([{ eventMessages: 1, wakeUpMessages: 0 }]);
    expect((await events.receive()).map(({ Body }) => Body)).toEqual(["event"]);
  });

  it("no more are sent again than the queue has room for, counting the messages that are being processed", async () => {
    const [events, wakeUps] = [await newQueue(), await newQueue()];
    const room = 3;
    const letters = {
      ...events.letters,
      queued: async () => LIMITS.redriveQueued - room + (await events.letters.queued()),
    };
    for (let n = 0; n < 8; n++) await events.send(`event ${n}`, events.urls.deadLettersUrl);
    await redrive({ ...events, letters }, wakeUps);
    expect(await events.receive()).toHaveLength(room);
    expect(await events.letters.queued()).toBe(room);
    await redrive({ ...events, letters }, wakeUps);
    expect(await events.receive()).toEqual([]);
  });

  it("an event that is sent again has its account as its group, for which SQS takes turns", async () => {
    const { urls, send } = await newQueue();
    await send("acme", urls.deadLettersUrl);
    const groups: unknown[] = [];
    const watched = sqsClient({ dynamodb: engine.url, sqs: engine.url, scheduler: engine.url, kms: engine.url });
    watched.middlewareStack.add(
      (next) => (args) => {
        if ("Entries" in args.input) groups.push(args.input.Entries?.map((entry) => Object(entry).MessageGroupId));
        return next(args);
      },
      { step: "initialize" },
    );
    const { receive, sendAgain } = sqsDeadLetters(watched, {
      ...urls,
      decode: (body) => body,
      groupOf: (body) => body,
    });
    await sendAgain(await receive());
    watched.destroy();
    expect(groups).toEqual([["acme"], [undefined]]); // sent, then deleted
  });

  it("without dead letters nothing is logged", async () => {
    expect(await redrive(await newQueue(), await newQueue())).toEqual([]);
  });
});

describe("the lengths of the queues", () => {
  it("messages that are being processed, or hidden after a failure, count too", async () => {
    const [events, wakeUps] = [await newQueue(), await newQueue()];
    for (const body of ["a", "b", "c"]) await events.send(body);
    await events.send("dead", events.urls.deadLettersUrl);
    expect(await events.receive()).toHaveLength(3);
    expect(await events.receiveDead()).toHaveLength(1);
    const urlsOf = ({ urls }: Queue) => ({ queue: urls.queueUrl, deadLetters: urls.deadLettersUrl });
    expect(await sqsQueueDepths(client, { events: urlsOf(events), wakeUps: urlsOf(wakeUps) }).depths()).toEqual([
      { name: "events", messages: 3, deadLetters: 1 },
      { name: "wakeUps", messages: 0, deadLetters: 0 },
    ]);
  });
});

describe("a message that its function could not process", () => {
  it("is a dead letter with the same body once it was copied there", async () => {
    const { source, receiveDead } = await newQueue();
    await source.copyToDeadLetters("malformed");
    expect(await receiveDead()).toMatchObject([{ Body: "malformed" }]);
  });

  it("is hidden for as long as its function asks", async () => {
    const { source, send, receive } = await newQueue();
    await send("event");
    const [message] = await receive();
    expect(await receive()).toEqual([]);
    await source.hideFor([{ receipt: message?.ReceiptHandle ?? "", seconds: 0 }]);
    expect((await receive()).map(({ Body }) => Body)).toEqual(["event"]);
  });
});
