import { createServer, type RequestListener, type Server } from "node:http";
import { json } from "node:stream/consumers";
import { afterEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { dynamodbClient, sqsClient } from "../../lambdas/adapters/aws/clients.ts";
import { sqsEventQueue } from "../../lambdas/adapters/aws/event-queue.ts";
import { dynamoKeys } from "../../lambdas/adapters/dynamodb/keys.ts";
import { dynamoStates } from "../../lambdas/adapters/dynamodb/states.ts";
import { keys, openTable, readItems, writeItems } from "../../lambdas/adapters/dynamodb/table.ts";
import { newId } from "../../lambdas/shared/ids.ts";
import { LOCAL, sdkEnvironment } from "../../local/emulator/engines/aws-clients.ts";
import { eventWith } from "../support/examples.ts";

const id = newId("key", 1_000, Math.random);
const unavailable = { code: "STORE_UNAVAILABLE", retryAfterSeconds: 5 };
let server: Server | undefined;
afterEach(() => {
  vi.unstubAllEnvs();
  server?.closeAllConnections();
  server?.close();
});

/** Starts a service that answers like this, and makes the SDK take it for AWS. */
async function pretend(answer: RequestListener): Promise<string> {
  server = createServer(answer);
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return useUrl(`http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`);
}

function useUrl(url: string): string {
  for (const [name, value] of Object.entries(sdkEnvironment({ dynamodb: url, sqs: url }))) vi.stubEnv(name, value);
  return url;
}

const awsError =
  (status: number, type: string): RequestListener =>
  (_, response) => {
    response
      .writeHead(status, { "content-type": "application/x-amz-json-1.0" })
      .end(JSON.stringify({ __type: type, message: "x" }));
  };
const Batch = z.object({
  RequestItems: z.object({ table: z.union([z.array(z.unknown()), z.object({ Keys: z.array(z.unknown()) })]) }),
});
const Text = z.object({ S: z.string() });
const Page = z.object({
  Limit: z.number(),
  ExpressionAttributeValues: z.object({ ":shard": Text }),
  ExclusiveStartKey: z.object({ wakeKey: Text }).optional(),
});
const find = () => dynamoKeys(openTable("table")).find(id);

describe("a table that is out of order", () => {
  it.each([
    ["is not there", undefined],
    ["answers 500", awsError(500, "com.amazonaws.dynamodb.v20120810#InternalServerError")],
    ["throttles", awsError(400, "com.amazonaws.dynamodb.v20120810#ThrottlingException")],
    ["has no capacity left", awsError(400, "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException")],
    ["hangs up", ((request) => void request.socket.destroy()) satisfies RequestListener],
  ])("is told as a passing one when it %s", async (_, answer) => {
    if (answer === undefined) useUrl("http://127.0.0.1:9");
    else await pretend(answer);
    await expect(find()).rejects.toMatchObject(unavailable);
  });

  it("is not waited for longer than a caller can wait", async () => {
    await pretend(() => undefined);
    const begun = Date.now();
    await expect(find()).rejects.toMatchObject(unavailable);
    expect(Date.now() - begun).toBeLessThan(20_000);
  });

  /** Answers 500 to the first calls, and then that there is nothing. */
  async function failing(times: number) {
    const asked = { calls: 0 };
    await pretend((request, response) => {
      asked.calls++;
      if (asked.calls <= times)
        awsError(500, "com.amazonaws.dynamodb.v20120810#InternalServerError")(request, response);
      else response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end("{}");
    });
    return asked;
  }

  it("is asked again, for a while, by functions that no caller waits for", async () => {
    const asked = await failing(7);
    expect(await dynamoKeys(openTable("table", dynamodbClient(20_000))).find(id)).toBeUndefined();
    expect(asked.calls).toBe(8);
  });

  it("is given up by them too, when that while is over", async () => {
    const asked = await failing(Number.POSITIVE_INFINITY);
    await expect(dynamoKeys(openTable("table", dynamodbClient(4_000))).find(id)).rejects.toMatchObject(unavailable);
    expect(asked.calls).toBeGreaterThanOrEqual(6);
  });

  it("is told as a mistake of ours when it says that it is one", async () => {
    await pretend(awsError(400, "com.amazon.coral.validate#ValidationException"));
    await expect(find()).rejects.toMatchObject({ name: "ValidationException" });
  });
});

describe("a table that takes only a part of a batch", () => {
  const items = Array.from({ length: 25 }, (_, n) => keys.key(`key_${n}`));
  const puts = items.map((item) => ({ PutRequest: { Item: { ...item } } }));

  /** Takes so many of each call's items, and tells when it was called. */
  async function takes(perCall: (call: number) => number) {
    const calledAt: number[] = [];
    await pretend(async (request, response) => {
      calledAt.push(performance.now());
      const asked = Batch.parse(await json(request)).RequestItems.table;
      const [keysAsked, putsAsked] = Array.isArray(asked) ? [[], asked] : [asked.Keys, []];
      const count = perCall(calledAt.length);
      const left = keysAsked.slice(count);
      response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end(
        JSON.stringify({
          Responses: { table: keysAsked.slice(0, count) },
          ...(left.length > 0 && { UnprocessedKeys: { table: { Keys: left } } }),
          UnprocessedItems: putsAsked.length > count ? { table: putsAsked.slice(count) } : {},
        }),
      );
    });
    const pausesMs = () => calledAt.slice(1).map((at, i) => at - (calledAt[i] ?? 0));
    return { calledAt, pausesMs };
  }

  it("is asked for the rest, after a pause, until all is read", async () => {
    const { calledAt, pausesMs } = await takes(() => 10);
    expect(await readItems(openTable("table"), items)).toEqual(items);
    expect(calledAt).toHaveLength(3);
    expect(Math.min(...pausesMs())).toBeGreaterThanOrEqual(45);
  });

  it("is asked for the rest, after a pause, until all is written", async () => {
    const { calledAt, pausesMs } = await takes(() => 10);
    await writeItems(openTable("table"), puts);
    expect(calledAt).toHaveLength(3);
    expect(Math.min(...pausesMs())).toBeGreaterThanOrEqual(45);
  });

  it("is not given up for the parts that it gives, however many they are", async () => {
    const { calledAt } = await takes(() => 1);
    expect(await readItems(openTable("table"), items)).toHaveLength(25);
    expect(calledAt).toHaveLength(25);
  });

  it.each([
    ["read", () => readItems(openTable("table"), items)],
    ["written", () => writeItems(openTable("table"), puts)],
  ])("is told as out of order when no more of it can be %s", async (_, use) => {
    const { calledAt, pausesMs } = await takes((call) => (call === 1 ? 5 : 0));
    await expect(use()).rejects.toMatchObject(unavailable);
    expect(calledAt.length).toBeLessThan(25);
    expect(pausesMs().at(-1)).toBeGreaterThan(400);
  });

  it("is asked nothing for nothing", async () => {
    const { calledAt } = await takes(() => 0);
    expect(await readItems(openTable("table"), [])).toEqual([]);
    await writeItems(openTable("table"), []);
    expect(calledAt).toEqual([]);
  });
});

describe("a table whose index answers in small pages", () => {
  /** Each page holds two more promises of its shard, for ever. */
  async function endless() {
    const asked: string[] = [];
    await pretend(async (request, response) => {
      const query = Page.parse(await json(request));
      const shard = query.ExpressionAttributeValues[":shard"].S;
      asked.push(shard);
      const from = Number(query.ExclusiveStartKey?.wakeKey.S.split("#")[0] ?? 0);
      const keyOf = (wakeAt: number) => ({ wakeKey: { S: `${String(wakeAt).padStart(15, "0")}#ep_of_${shard}` } });
      const Items = [keyOf(from + 1), keyOf(from + 2)].slice(0, query.Limit);
      response
        .writeHead(200, { "content-type": "application/x-amz-json-1.0" })
        .end(JSON.stringify({ Items, LastEvaluatedKey: Items.at(-1) }));
    });
    return asked;
  }

  it("is read page by page, and no further than promises are wanted", async () => {
    const asked = await endless();
    const overdue = await dynamoStates(openTable("table")).overdue(1_000, 10);
    expect(overdue.map(({ wakeAt }) => wakeAt)).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 3, 3]);
    expect(asked).toHaveLength(4 * 5);
  });
});

describe("a queue that is out of order", () => {
  const send = (url: string) => sqsEventQueue(sqsClient(), `${url}/${LOCAL.account}/events`).send([eventWith()]);

  it("is told to the producer, who sends the events again", async () => {
    await expect(send(useUrl("http://127.0.0.1:9"))).rejects.toMatchObject({
      code: "QUEUE_UNAVAILABLE",
      retryAfterSeconds: 5,
    });
  });

  it("that takes only some of the events is asked again for the others, and then told", async () => {
    let calls = 0;
    const failed = [{ Id: "0", SenderFault: false, Code: "InternalError" }];
    const url = await pretend((_, response) => {
      calls++;
      response
        .writeHead(200, { "content-type": "application/x-amz-json-1.0" })
        .end(JSON.stringify({ Successful: [], Failed: failed }));
    });
    await expect(send(url)).rejects.toMatchObject({ code: "QUEUE_UNAVAILABLE" });
    expect(calls).toBe(3);
  });
});
