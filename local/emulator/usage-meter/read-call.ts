import * as z from "zod";
import { itemBytes } from "./item-bytes.ts";
import type { Call, Doing, Used } from "./ledger.ts";

/** A request of the SDK, and what an engine answered. */
export interface Exchange {
  /** Whose credentials it carries. */
  readonly by: string;
  readonly service: "dynamodb" | "sqs" | "scheduler" | "kms";
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** The `x-amz-target` header: AWS's JSON protocols name the operation there. */
  readonly target: string;
  readonly request: Buffer;
  readonly status: number;
  readonly response: Buffer;
}

const Body = z.looseObject({});
const Named = z.looseObject({
  TableName: z.string().optional(),
  IndexName: z.string().optional(),
  RequestItems: z.record(z.string(), z.unknown()).optional(),
  QueueUrl: z.string().optional(),
  QueueName: z.string().optional(),
  GroupName: z.string().optional(),
  KeyId: z.string().optional(),
});
const Capacity = z.object({ CapacityUnits: z.number() });
const Consumed = z.looseObject({ ConsumedCapacity: z.union([Capacity, z.array(Capacity)]).optional() });
const Refused = z.looseObject({ __type: z.string().default(""), Item: z.unknown().optional() });
const Bodies = z.looseObject({
  MessageBody: z.string().optional(),
  Entries: z.array(z.looseObject({ MessageBody: z.string().optional() })).default([]),
  Messages: z.array(z.looseObject({ Body: z.string() })).default([]),
});

const WRITES = /^(Put|Update|Delete|BatchWrite|TransactWrite)Items?$/;
const READS = /^(Get|BatchGet|TransactGet)Items?$|^(Query|Scan)$/;
const UNIT_BYTES = 1_024; // DynamoDB: a write unit covers 1 KB of an item
const SQS_BYTES = 65_536; // SQS: each started 64 KiB of payload is a request

/** Whether DynamoDB tells what an operation consumed, if it is asked to. */
export function tellsConsumption(action: string): boolean {
  return WRITES.test(action) || READS.test(action);
}

/** The operation that a request asks for. */
export function actionOf({
  service,
  method,
  path,
  target,
}: Pick<Exchange, "service" | "method" | "path" | "target">): string {
  if (service !== "scheduler") return target.slice(target.indexOf(".") + 1);
  const [, kind, name] = /^\/(schedule-groups|schedules)(\/[^/?]+)?/.exec(path) ?? [];
  const noun = kind === "schedules" ? "Schedule" : "ScheduleGroup";
  const verb = { POST: "Create", PUT: "Update", GET: name === undefined ? "List" : "Get", DELETE: "Delete" }[method];
  return `${verb}${noun}${name === undefined ? "s" : ""}`;
}

/** What a call did, and what it used. @throws {Error} when DynamoDB does not tell what it consumed */
export function readCall(exchange: Exchange): Call[] {
  const { by, service, request, response, status } = exchange;
  const action = actionOf(exchange);
  const asked = parsed(request);
  const answered = parsed(response);
  const doing: Doing = { by, service, action, resource: resourceOf(exchange, asked) };
  const isFailure = status >= 400;
  const bytes = { requestBytes: request.length, responseBytes: response.length, isFailure };
  if (service === "dynamodb") return [{ ...doing, ...bytes, used: consumed(action, answered, isFailure) }];
  if (service === "kms") return [{ ...doing, ...bytes, used: { kmsRequests: 1 } }];
  // What the Scheduler bills is what it fires; making and deleting schedules costs nothing.
  if (service === "scheduler") return [{ ...doing, ...bytes, used: {} }];
  const isEmpty = action === "ReceiveMessage" && Bodies.parse(answered).Messages.length === 0;
  const sent = { ...doing, ...bytes, action: isEmpty ? "ReceiveMessage (empty)" : action };
  const fired = { ...doing, service: "scheduler", action: "Invoke", used: { schedulerInvocations: 1 } } as const;
  return [{ ...sent, used: { sqsRequests: sqsRequests(asked, answered) } }, ...(by === SCHEDULER ? [fired] : [])];
}

/** As whom the local Scheduler calls its targets: `engines/scheduler-firing.ts`. */
export const SCHEDULER = "Scheduler";

function consumed(action: string, answered: unknown, isFailure: boolean): Used {
  const isWrite = WRITES.test(action);
  if (!isWrite && !READS.test(action)) return {};
  if (isFailure) {
    const { __type, Item } = Refused.parse(answered);
    // A write that its condition refuses is billed by the item that it met, and as 1 unit where there was none.
    if (!__type.endsWith("#ConditionalCheckFailedException")) return {};
    return { writeUnits: Item === undefined ? 1 : Math.max(1, Math.ceil(itemBytes(Item) / UNIT_BYTES)) };
  }
  const { ConsumedCapacity } = Consumed.parse(answered);
  if (ConsumedCapacity === undefined) throw new Error(`The DynamoDB engine does not tell what ${action} consumed`);
  const units = [ConsumedCapacity].flat().reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
  return isWrite ? { writeUnits: units } : { readUnits: units };
}

function sqsRequests(asked: unknown, answered: unknown): number {
  const [sent, got] = [Bodies.parse(asked), Bodies.parse(answered)];
  const bodies = [
    sent.MessageBody,
    ...sent.Entries.map(({ MessageBody }) => MessageBody),
    ...got.Messages.map(({ Body }) => Body),
  ];
  const bytes = bodies.reduce((sum, body) => sum + Buffer.byteLength(body ?? ""), 0);
  return Math.max(1, Math.ceil(bytes / SQS_BYTES));
}

/** A table, or `table/index/name`, several of them joined by `, `; a queue; a schedule group; a key. */
export function resourceOf({ service, path }: Exchange, asked: unknown): string {
  const { TableName, IndexName, RequestItems = {}, QueueUrl, QueueName, GroupName, KeyId = "" } = Named.parse(asked);
  if (service === "dynamodb") {
    const table = TableName ?? Object.keys(RequestItems).join(", ");
    return IndexName === undefined ? table : `${table}/index/${IndexName}`;
  }
  if (service === "kms") return KeyId;
  if (service === "sqs") return QueueName ?? QueueUrl?.split("/").at(-1) ?? "";
  return GroupName ?? new URL(path, "http://localhost").searchParams.get("groupName") ?? "default";
}

function parsed(body: Buffer): z.infer<typeof Body> {
  return body.length === 0 ? {} : Body.parse(JSON.parse(body.toString()));
}
