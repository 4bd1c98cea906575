import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { GetCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { afterEach, describe, expect, it } from "vitest";
import { queueClient } from "../../../lambdas/adapters/aws/queue-client.ts";
import { requestSigner, signedInstant } from "../../../lambdas/adapters/aws/signature.ts";
import { openTable, writtenIf } from "../../../lambdas/adapters/dynamodb/table/table.ts";

interface Received {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly bySdk: boolean;
}

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const JSON_TYPE = { "content-type": "application/x-amz-json-1.0" };
const CREDENTIALS = { accessKeyId: "key-id", secretAccessKey: "secret", sessionToken: "token" };
const ok: RequestListener = (_, response) => void response.writeHead(200, JSON_TYPE).end("{}");
const refuses =
  (status: number, type: string, more: object = {}): RequestListener =>
  (_, response) =>
    void response.writeHead(status, JSON_TYPE).end(JSON.stringify({ __type: type, message: "x", ...more }));

/** An HTTP server that answers the nth request by `answers[n]`, and all others with 200. */
async function startAws(...answers: (RequestListener | undefined)[]) {
  const received: Received[] = [];
  server = createServer(async (request, response) => {
    const n = received.length;
    const { url = "", headers } = request;
    received.push({ url, headers, body: "", bySdk: headers["amz-sdk-invocation-id"] !== undefined });
    received[n] = { url, headers, body: await text(request), bySdk: headers["amz-sdk-invocation-id"] !== undefined };
    (answers[n] ?? ok)(request, response);
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const endpoint = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  return { received, endpoint, config: { endpoint, region: "us-east-1", credentials: CREDENTIALS } };
}

const get = new GetCommand({ TableName: "t", Key: { pk: "a", sk: "b" }, ConsistentRead: true });
const by = (received: readonly Received[]) => received.map(({ bySdk }) => (bySdk ? "SDK" : "fast path"));

describe("the fast path of the table", () => {
  it("sends the same request as the SDK, which sends the first one", async () => {
    const { received, config } = await startAws();
    const { client } = openTable("t", new DynamoDBClient(config));
    const Item = { pk: "a", sk: "b", bytes: Buffer.from("é"), n: 1.5, gone: undefined, list: [{ on: true }] };
    const put = () =>
      client.send(new PutCommand({ TableName: "t", Item, ConditionExpression: "attribute_not_exists(pk)" }));
    await put();
    await put();
    expect(by(received)).toEqual(["SDK", "fast path"]);
    const [first, second] = received;
    expect(JSON.parse(second?.body ?? "")).toEqual(JSON.parse(first?.body ?? ""));
    expect(second?.url).toBe(first?.url);
    for (const name of ["host", "x-amz-target", "content-type", "x-amz-security-token"])
      expect(second?.headers[name], name).toBe(first?.headers[name]);
  });

  it("signs as the SDK signs", async () => {
    const { received, config } = await startAws();
    await openTable("t", new DynamoDBClient(config)).client.send(get);
    const { url = "", headers = {}, body = "" } = received[0] ?? {};
    const authorization = String(headers.authorization);
    const names = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(";") ?? [];
    const signed = Object.fromEntries(names.map((name) => [name, String(headers[name])]));
    expect(names).toContain("x-amz-target");
    const sign = requestSigner("dynamodb", "us-east-1");
    const instant = String(headers["x-amz-date"]);
    expect(sign({ path: url, headers: signed, body }, CREDENTIALS, instant)).toBe(authorization);
    const tomorrow = signedInstant(Date.now() + 86_400_000);
    expect(sign({ path: url, headers: signed, body }, CREDENTIALS, tomorrow)).not.toContain(authorization.slice(-64));
    expect(sign({ path: url, headers: signed, body }, CREDENTIALS, instant)).toBe(authorization);
  });

  it.each([
    ["throttles", refuses(400, "com.amazonaws.dynamodb.v20120810#ThrottlingException")],
    ["answers 500", refuses(500, "InternalServerError")],
    ["hangs up", ((request) => void request.socket.destroy()) satisfies RequestListener],
  ])("gives a call to the SDK if the table %s, and the SDK repeats it", async (_, answer) => {
    const { received, config } = await startAws(undefined, answer, answer);
    const { client } = openTable("t", new DynamoDBClient({ ...config, maxAttempts: 2 }));
    await client.send(get);
    expect(await client.send(get)).toMatchObject({});
    expect(by(received)).toEqual(["SDK", "fast path", "SDK", "SDK"]);
  });

  it("gives an error to the SDK, which names it", async () => {
    const invalid = refuses(400, "com.amazon.coral.validate#ValidationException");
    const { config } = await startAws(undefined, invalid, invalid);
    const { client } = openTable("t", new DynamoDBClient(config));
    await client.send(get);
    await expect(client.send(get)).rejects.toMatchObject({ name: "ValidationException", $fault: "client" });
  });

  it("reports a failed condition itself, with the item that made it fail", async () => {
    const Item = { pk: { S: "a" }, bytes: { B: "6Q==" }, version: { N: "3" } };
    const failed = refuses(400, "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", { Item });
    const { received, config } = await startAws(undefined, failed);
    const { client } = openTable("t", new DynamoDBClient(config));
    await client.send(get);
    const update = client.send(new UpdateCommand({ TableName: "t", Key: { pk: "a", sk: "b" } }));
    expect(await writtenIf(update)).toEqual({
      isDone: false,
      item: { pk: "a", bytes: new Uint8Array([0xe9]), version: 3 },
    });
    expect(by(received)).toEqual(["SDK", "fast path"]);
  });

  it("ends a call that its caller gives up, without another request", async () => {
    const time = new AbortController();
    const { received, config } = await startAws(undefined, () => time.abort());
    const { client } = openTable("t", new DynamoDBClient(config));
    await client.send(get);
    await expect(client.send(get, { abortSignal: time.signal })).rejects.toMatchObject({ name: "AbortError" });
    expect(by(received)).toEqual(["SDK", "fast path"]);
  });
});

describe("the fast path of queues", () => {
  it("the SDK makes the first call to each queue", async () => {
    const { received, endpoint, config } = await startAws();
    const client = queueClient(new SQSClient(config));
    const Entries = [{ Id: "0", MessageBody: '{"é":1}', MessageGroupId: "acme" }];
    const send = (queue: string) =>
      client.send(new SendMessageBatchCommand({ QueueUrl: `${endpoint}/0/${queue}`, Entries })).catch(() => undefined);
    for (const queue of ["one", "one", "two", "two"]) await send(queue);
    expect(by(received)).toEqual(["SDK", "fast path", "SDK", "fast path"]);
    expect(JSON.parse(received[1]?.body ?? "")).toEqual(JSON.parse(received[0]?.body ?? ""));
    expect(received.map(({ url }) => url).slice(2)).toEqual([received[2]?.url, received[2]?.url]);
  });
});
