import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { createKey } from "../../lambdas/accounts/create-key.ts";
import { clock, random } from "../../lambdas/adapters/aws/clock-and-random.ts";
import { encodeWake } from "../../lambdas/adapters/aws/wake-message.ts";
import { dynamoAccounts } from "../../lambdas/adapters/dynamodb/accounts.ts";
import { dynamoKeys } from "../../lambdas/adapters/dynamodb/keys.ts";
import { openTable } from "../../lambdas/adapters/dynamodb/table/table.ts";
import { dynamodbClient, type EngineUrls, schedulerClient, sqsClient } from "../emulator/engines/aws-clients.ts";
import { startDynamodb } from "../emulator/engines/dynamodb.ts";
import { startKms } from "../emulator/engines/kms.ts";
import { startSqs } from "../emulator/engines/sqs.ts";
import { readFunctions } from "../emulator/functions/functions.ts";
import { startScheduler } from "../emulator/scheduler/scheduler.ts";
import { readAssembly } from "../emulator/template/assembly.ts";
import { localAttributes } from "../emulator/template/names.ts";
import { createTables } from "../emulator/template/tables.ts";
import { readResources } from "../emulator/template/template.ts";
import { createQueues } from "../emulator/triggers/queues.ts";
import { createScheduleGroups } from "../emulator/triggers/schedules.ts";
import { HTTP_EVENT, httpEvent, SCHEDULER_EVENT, sqsEvent } from "./documented-events.ts";
import { type RunningFunction, startFunction } from "./functions.ts";
import { type Proof, provedBy } from "./proof.ts";

const ACCOUNT = "acme";
const API_URL = "https://id.execute-api.us-east-1.amazonaws.com";

/**
 * Runs each bundle of an assembly under a client of Lambda's runtime, with the environment of its stack, on local engines,
 * and gives it AWS's documented events. No receiver is called: the stage refuses loopback, and nothing else may be called.
 * @param client the file of the runtime's client
 */
export async function runFunctions(assemblyFolder: string, client: string): Promise<Proof[]> {
  const stops: (() => unknown)[] = [];
  try {
    const [dynamodb, sqs, kms] = await Promise.all([startDynamodb(), startSqs(), startKms()]);
    const scheduler = await startScheduler({ sqsUrl: sqs.url });
    stops.push(...[scheduler, dynamodb, sqs, kms].map((engine) => () => engine.stop()));
    const urls = { dynamodb: dynamodb.url, sqs: sqs.url, kms: kms.url, scheduler: scheduler.url };
    const assembly = readAssembly(assemblyFolder);
    const resources = readResources(assembly, localAttributes(urls.sqs, API_URL));
    const [tableName = ""] = await createTables(dynamodbClient(urls), resources);
    await createQueues(sqsClient(urls), resources);
    await createScheduleGroups(schedulerClient(urls), resources);

    const functions = new Map<string, RunningFunction>();
    const queueUrls = { events: "", "dead letters": "" };
    for (const spec of readFunctions(assembly, resources, urls).values()) {
      const running = await startFunction(spec, client);
      functions.set(spec.label, running);
      stops.unshift(() => running.stop());
      queueUrls.events = spec.environment["EVENTS_QUEUE_URL"] ?? queueUrls.events;
      queueUrls["dead letters"] = spec.environment["EVENTS_DEAD_LETTERS_URL"] ?? queueUrls["dead letters"];
    }
    const invoke = (name: string, event: unknown) => resultOf(functions.get(name), event);
    return await story(invoke, await newKey(urls, tableName), (queue) => receive(urls, queueUrls[queue]));
  } finally {
    for (const stop of stops) await stop();
  }
}

/** What happens to the first event of a deployment, step by step. A step that fails leaves the others to be tried. */
async function story(
  invoke: (name: string, event: unknown) => Promise<unknown>,
  key: string,
  receiveMessage: (queue: "events" | "dead letters") => Promise<string>,
): Promise<Proof[]> {
  const event = { type: "hello", data: { from: "rappel" } };
  let id = "";
  const steps: readonly (readonly [string, () => Promise<string>])[] = [
    [
      "accept: HTTP API event, payload format 2.0",
      async () => {
        const response = await invoke(
          "accept",
          httpEvent("POST", "/v1/events", { routeKey: "POST /v1/events", key, body: event }),
        );
        id = String(bodyOf(expectStatus(response, 202))["id"]);
        return "202 with the event's id; the message is in the queue";
      },
    ],
    [
      "dispatch: SQS event",
      async () => {
        expectEqual(await invoke("dispatch", sqsEvent(await receiveMessage("events"))), { batchItemFailures: [] });
        return "no failed item; the event is logged";
      },
    ],
    [
      "dispatch: the documentation's own message",
      async () => {
        expectEqual(await invoke("dispatch", sqsEvent()), { batchItemFailures: [] });
        expectEqual(await receiveMessage("dead letters"), sqsEvent().Records[0]?.body);
        return "it cannot be decoded, and is in the dead letters";
      },
    ],
    [
      "api: HTTP API events",
      async () => {
        expectStatus(await invoke("api", HTTP_EVENT), 404); // the documentation's own event, as it is
        expectStatus(await invoke("api", httpEvent("GET", "/health")), 200);
        expectEqual(
          bodyOf(expectStatus(await invoke("api", httpEvent("GET", `/v1/events/${id}`, { key })), 200))["id"],
          id,
        );
        const register = (url: string) =>
          invoke(
            "api",
            httpEvent("POST", "/v1/endpoints", { key, body: { url, eventTypes: ["never.sent"], status: "paused" } }),
          );
        expectStatus(await register("https://10.0.0.1/webhooks"), 422);
        const { secret } = bodyOf(expectStatus(await register("https://8.8.8.8/webhooks"), 201)); // paused: never called
        if (!String(secret).startsWith("whsec_")) throw new Error("the endpoint has no secret");
        return "404, health, the logged event, a refused address, an endpoint with a secret (KMS)";
      },
    ],
    [
      "wake: SQS event",
      async () => {
        const wake = encodeWake({ endpoint: "ep_none", wakeAt: Date.now() });
        expectEqual(await invoke("wake", sqsEvent(wake)), { batchItemFailures: [] });
        return "no failed item for an endpoint that is gone";
      },
    ],
    ...["sweep", "erase"].map(
      (name) =>
        [
          `${name}: EventBridge Scheduler event`,
          async () => {
            await invoke(name, SCHEDULER_EVENT);
            return "ran to its end";
          },
        ] as const,
    ),
    [
      "console: HTTP API event",
      async () => {
        const response = expectStatus(
          await invoke("console", httpEvent("GET", "/console", { routeKey: "GET /console" })),
          200,
        );
        if (!textOf(response).includes("<html")) throw new Error("the response is no page");
        return "200 with the page";
      },
    ],
  ];
  const proofs: Proof[] = [];
  for (const [what, step] of steps) proofs.push(await provedBy(what, step));
  return proofs;
}

async function resultOf(running: RunningFunction | undefined, event: unknown): Promise<unknown> {
  if (running === undefined) throw new Error("the templates have no such function");
  const answer = await running.invoke(event);
  if ("error" in answer) throw new Error(answer.error);
  return answer.returned;
}

async function newKey(urls: EngineUrls, tableName: string): Promise<string> {
  const table = openTable(tableName, dynamodbClient(urls));
  const world = { clock, random, keys: dynamoKeys(table), accounts: dynamoAccounts(table) };
  const { key, secret } = await createKey(world, ACCOUNT, { scopes: ["send", "read", "manage"], name: "check:deploy" });
  return `${key.id}:${secret}`;
}

async function receive(urls: EngineUrls, QueueUrl: string): Promise<string> {
  const { Messages = [] } = await sqsClient(urls).send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
  const [message] = Messages;
  if (message?.Body === undefined) throw new Error("the queue has no message");
  return message.Body;
}

function expectStatus(response: unknown, status: number): object {
  const found = Reflect.get(Object(response), "statusCode");
  if (found !== status)
    throw new Error(`got the status ${found}, need ${status}: ${Reflect.get(Object(response), "body")}`);
  return Object(response);
}

function expectEqual(found: unknown, wanted: unknown): void {
  const [got, need] = [found, wanted].map((value) => JSON.stringify(value));
  if (got !== need) throw new Error(`got ${got}, need ${need}`);
}

function bodyOf(response: object): Record<string, unknown> {
  return JSON.parse(textOf(response));
}

function textOf(response: object): string {
  const [body, isBase64] = ["body", "isBase64Encoded"].map((name) => Reflect.get(response, name));
  return Buffer.from(String(body), isBase64 ? "base64" : "utf8").toString();
}
