import * as z from "zod";
import { itemBytes } from "./item-bytes.ts";
import type { Call, CallKind, Used } from "./ledger.ts";

/** A request of the SDK, and the engine's response. */
export interface Exchange {
  /** The caller, by the request's credentials. */
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

/** Whether DynamoDB can return the consumed capacity of an operation. */
export function reportsConsumption(action: string): boolean {
  return WRITES.test(action) || READS.test(action);
}

/** The operation of a request. */
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

/** The call, and its usage. @throws {Error} if DynamoDB's response has no consumed capacity */
export function readCall(exchange: Exchange): Call[] {
  const { by, service, request, response, status } = exchange;
  const action = actionOf(exchange);
  const input = parsed(request);
  const output = parsed(response);
  const kind: CallKind = { by, service, action, resource: resourceOf(exchange, input) };
  const isFailure = status >= 400;
  const bytes = { requestBytes: request.length, responseBytes: response.length, isFailure };
  if (service === "dynamodb") return [{ ...kind, ...bytes, used: consumed(action, output, isFailure) }];
  if (service === "kms") return [{ ...kind, ...bytes, used: { kmsRequests: 1 } }];
  // The Scheduler bills invocations only; creating and deleting schedules is free.
  if (service === "scheduler") return [{ ...kind, ...bytes, used: {} }];
  const isEmpty = action === "ReceiveMessage" && Bodies.parse(output).Messages.length === 0;
  const sent = { ...kind, ...bytes, action: isEmpty ? "ReceiveMessage (empty)" : action };
  const fired = { ...kind, service: "scheduler", action: "Invoke", used: { schedulerInvocations: 1 } } as const;
  return [{ ...sent, used: { sqsRequests: sqsRequests(input, output) } }, ...(by === SCHEDULER ? [fired] : [])];
}

/** The caller name of the local Scheduler: `scheduler/firing.ts`. */
const SCHEDULER = "Scheduler";

function consumed(action: string, output: unknown, isFailure: boolean): Used {
  const isWrite = WRITES.test(action);
  if (!isWrite && !READS.test(action)) return {};
  if (isFailure) {
    const { __type, Item } = Refused.parse(output);
    // A write whose condition fails is billed by the size of the existing item, or as 1 unit if there is none.
    if (!__type.endsWith("#ConditionalCheckFailedException")) return {};
    return { writeUnits: Item === undefined ? 1 : Math.max(1, Math.ceil(itemBytes(Item) / UNIT_BYTES)) };
  }
  const { ConsumedCapacity } = Consumed.parse(output);
  if (ConsumedCapacity === undefined)
    throw new Error(`The DynamoDB engine's response to ${action} has no ConsumedCapacity`);
  const units = [ConsumedCapacity].flat().reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
  return isWrite ? { writeUnits: units } : { readUnits: units };
}

function sqsRequests(input: unknown, output: unknown): number {
  const [sent, received] = [Bodies.parse(input), Bodies.parse(output)];
  const bodies = [
    sent.MessageBody,
    ...sent.Entries.map(({ MessageBody }) => MessageBody),
    ...received.Messages.map(({ Body }) => Body),
  ];
  const bytes = bodies.reduce((sum, body) => sum + Buffer.byteLength(body ?? ""), 0);
  return Math.max(1, Math.ceil(bytes / SQS_BYTES));
}

/** A table, or `table/index/name`, several of them joined by `, `; a queue; a schedule group; a key. */
export function resourceOf({ service, path }: Exchange, input: unknown): string {
  const { TableName, IndexName, RequestItems = {}, QueueUrl, QueueName, GroupName, KeyId = "" } = Named.parse(input);
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
