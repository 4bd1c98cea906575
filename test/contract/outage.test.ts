import { createServer, type RequestListener, type Server } from "node:http";
import { json } from "node:stream/consumers";
import { afterEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { dynamodbClient, sqsClient } from "../../lambdas/adapters/aws/clients.ts";
import { sqsEventQueue } from "../../lambdas/adapters/aws/event-queue.ts";
import { dynamoKeys } from "../../lambdas/adapters/dynamodb/keys.ts";
import { dynamoStates } from "../../lambdas/adapters/dynamodb/states.ts";
import { keys, openTable, readItems, writeItems } from "../../lambdas/adapters/dynamodb/table/table.ts";
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

/** Starts an HTTP server with this answer, and points the SDK to it. */
async function startFakeAws(answer: RequestListener): Promise<string> {
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

describe("an unavailable table", () => {
  it.each([
    ["refuses the connection", undefined],
    ["answers 500", awsError(500, "com.amazonaws.dynamodb.v20120810#InternalServerError")],
    ["throttles", awsError(400, "com.amazonaws.dynamodb.v20120810#ThrottlingException")],
    ["has no capacity left", awsError(400, "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException")],
    ["hangs up", ((request) => void request.socket.destroy()) satisfies RequestListener],
  ])("a table that %s gives STORE_UNAVAILABLE", async (_, answer) => {
    if (answer === undefined) useUrl("http://127.0.0.1:9");
    else await startFakeAws(answer);
    await expect(find()).rejects.toMatchObject(unavailable);
  });

  it("a table that does not answer gives STORE_UNAVAILABLE within 20 s", async () => {
    await startFakeAws(() => undefined);
    const begun = Date.now();
    await expect(find()).rejects.toMatchObject(unavailable);
    expect(Date.now() - begun).toBeLessThan(20_000);
  });

  /** Answers 500 to the first calls, and then an empty result. */
  async function failing(times: number) {
    const received = { calls: 0 };
    await startFakeAws((request, response) => {
      received.calls++;
      if (received.calls <= times)
        awsError(500, "com.amazonaws.dynamodb.v20120810#InternalServerError")(request, response);
      else response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end("{}");
    });
    return received;
  }

  it("functions without a waiting caller retry for longer", async () => {
    const received = await failing(7);
    expect(await dynamoKeys(openTable("table", dynamodbClient(20_000))).find(id)).toBeUndefined();
    expect(received.calls).toBe(8);
  });

  it("functions without a waiting caller give up when their time is over", async () => {
    const received = await failing(Number.POSITIVE_INFINITY);
    await expect(dynamoKeys(openTable("table", dynamodbClient(4_000))).find(id)).rejects.toMatchObject(unavailable);
    expect(received.calls).toBeGreaterThanOrEqual(6);
  });

  it("a ValidationException is not reported as an outage", async () => {
    await startFakeAws(awsError(400, "com.amazon.coral.validate#ValidationException"));
    await expect(find()).rejects.toMatchObject({ name: "ValidationException" });
  });
});

describe("a table that processes only a part of a batch", () => {
  const items = Array.from({ length: 25 }, (_, n) => keys.key(`key_${n}`));
  const puts = items.map((item) => ({ PutRequest: { Item: { ...item } } }));

  /** Processes this many items of each call, and records when it was called. */
  async function takes(perCall: (call: number) => number) {
    const calledAt: number[] = [];
    await startFakeAws(async (request, response) => {
      calledAt.push(performance.now());
      const received = Batch.parse(await json(request)).RequestItems.table;
      const [keysReceived, putsReceived] = Array.isArray(received) ? [[], received] : [received.Keys, []];
      const count = perCall(calledAt.length);
      const left = keysReceived.slice(count);
      response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end(
        JSON.stringify({
          Responses: { table: keysReceived.slice(0, count) },
          ...(left.length > 0 && { UnprocessedKeys: { table: { Keys: left } } }),
          UnprocessedItems: putsReceived.length > count ? { table: putsReceived.slice(count) } : {},
        }),
      );
    });
    const pausesMs = () => calledAt.slice(1).map((at, i) => at - (calledAt[i] ?? 0));
    return { calledAt, pausesMs };
  }

  it("unread items are requested again after a pause", async () => {
    const { calledAt, pausesMs } = await takes(() => 10);
    expect(await readItems(openTable("table"), items)).toEqual(items);
    expect(calledAt).toHaveLength(3);
    expect(Math.min(...pausesMs())).toBeGreaterThanOrEqual(45);
  });

  it("unwritten items are sent again after a pause", async () => {
    const { calledAt, pausesMs } = await takes(() => 10);
    await writeItems(openTable("table"), puts);
    expect(calledAt).toHaveLength(3);
    expect(Math.min(...pausesMs())).toBeGreaterThanOrEqual(45);
  });

  it("reading continues as long as each call makes progress", async () => {
    const { calledAt } = await takes(() => 1);
    expect(await readItems(openTable("table"), items)).toHaveLength(25);
    expect(calledAt).toHaveLength(25);
  });

  it.each([
    ["read", () => readItems(openTable("table"), items)],
    ["written", () => writeItems(openTable("table"), puts)],
  ])("a table gives STORE_UNAVAILABLE if no more items can be %s", async (_, use) => {
    const { calledAt, pausesMs } = await takes((call) => (call === 1 ? 5 : 0));
    await expect(use()).rejects.toMatchObject(unavailable);
    expect(calledAt.length).toBeLessThan(25);
    expect(pausesMs().at(-1)).toBeGreaterThan(400);
  });

  it("an empty batch makes no call", async () => {
    const { calledAt } = await takes(() => 0);
    expect(await readItems(openTable("table"), [])).toEqual([]);
    await writeItems(openTable("table"), []);
    expect(calledAt).toEqual([]);
  });
});

describe("an index that answers in small pages", () => {
  /** Each page holds two more overdue wake-ups of its shard, without end. */
  async function endless() {
    const received: string[] = [];
    await startFakeAws(async (request, response) => {
      const query = Page.parse(await json(request));
      const shard = query.ExpressionAttributeValues[":shard"].S;
      received.push(shard);
      const from = Number(query.ExclusiveStartKey?.wakeKey.S.split("#")[0] ?? 0);
      const keyOf = (wakeAt: number) => ({ wakeKey: { S: `${String(wakeAt).padStart(15, "0")}#ep_of_${shard}` } });
      const Items = [keyOf(from + 1), keyOf(from + 2)].slice(0, query.Limit);
      response
        .writeHead(200, { "content-type": "application/x-amz-json-1.0" })
        .end(JSON.stringify({ Items, LastEvaluatedKey: Items.at(-1) }));
    });
    return received;
  }

  it("overdue wake-ups are read page by page, only up to the limit", async () => {
    const received = await endless();
    const overdue = await dynamoStates(openTable("table")).overdue(1_000, 34);
    expect(overdue.map(({ wakeAt }) => wakeAt)).toEqual([...Array(16).fill(1), ...Array(16).fill(2), 3, 3]);
    expect(received).toHaveLength(16 * 17);
  });
});

describe("an unavailable queue", () => {
  const send = (url: string) => sqsEventQueue(sqsClient(), `${url}/${LOCAL.account}/events`).send([eventWith()]);

  it("a queue that refuses the connection gives QUEUE_UNAVAILABLE with Retry-After", async () => {
    await expect(send(useUrl("http://127.0.0.1:9"))).rejects.toMatchObject({
      code: "QUEUE_UNAVAILABLE",
      retryAfterSeconds: 5,
    });
  });

  it("a queue that refuses some events gets them again, and then gives QUEUE_UNAVAILABLE", async () => {
    let calls = 0;
    const failed = [{ Id: "0", SenderFault: false, Code: "InternalError" }];
    const url = await startFakeAws((_, response) => {
      calls++;
      response
        .writeHead(200, { "content-type": "application/x-amz-json-1.0" })
        .end(JSON.stringify({ Successful: [], Failed: failed }));
    });
    await expect(send(url)).rejects.toMatchObject({ code: "QUEUE_UNAVAILABLE" });
    expect(calls).toBe(3);
  });
});
