import { createServer, type RequestListener, type Server } from "node:http";
import { afterEach, describe, expect, it, vi } from "vitest";
import { sqsClient } from "../../lambdas/aws/clients.ts";
import { sqsEventQueue } from "../../lambdas/aws/event-queue.ts";
import { dynamoKeys } from "../../lambdas/aws/keys.ts";
import { openTable } from "../../lambdas/aws/table.ts";
import { newId } from "../../lambdas/core/ids.ts";
import { LOCAL, sdkEnvironment } from "../../local/engines/aws.ts";
import { eventWith } from "../examples.ts";

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

  it("is told as a mistake of ours when it says that it is one", async () => {
    await pretend(awsError(400, "com.amazon.coral.validate#ValidationException"));
    await expect(find()).rejects.toMatchObject({ name: "ValidationException" });
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
