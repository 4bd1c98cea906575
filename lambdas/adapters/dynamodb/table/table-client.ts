import { ConditionalCheckFailedException, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { fastPathOf, type JsonAnswer } from "../../aws/fast-path.ts";
import { fromAttributes, isFields, toAttributes } from "./attribute-values.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The commands that functions use, and their operations. */
const OPERATIONS = new Map<unknown, string>([
  [GetCommand, "GetItem"],
  [PutCommand, "PutItem"],
  [UpdateCommand, "UpdateItem"],
  [DeleteCommand, "DeleteItem"],
  [QueryCommand, "Query"],
  [BatchGetCommand, "BatchGetItem"],
  [BatchWriteCommand, "BatchWriteItem"],
]);
/** Fields of a request or a response that hold an item or a part of it. */
const ITEMS = ["Item", "Key", "ExpressionAttributeValues", "ExclusiveStartKey", "Attributes", "LastEvaluatedKey"];

/**
 * The SDK's document client, whose frequent commands take a shorter way: see `fastPathOf`. Each other command, each
 * repetition and each error except a failed condition is the SDK's.
 */
export function tableClient(client: DynamoDBClient): DynamoDBDocumentClient {
  const sdk = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  const fastPath = fastPathOf(client);
  const bySdk = sdk.send.bind(sdk);

  async function send(command: Parameters<typeof bySdk>[0], options?: { abortSignal?: AbortSignal }): Promise<unknown> {
    const operation = OPERATIONS.get(command.constructor);
    if (operation === undefined) return bySdk(command, options);
    const answer = await fastPath({
      target: `DynamoDB_20120810.${operation}`,
      body: JSON.stringify(converted(command.input, toAttributes)),
      abortSignal: options?.abortSignal,
    });
    if (answer?.status === 200) return converted(fieldsOf(answer), fromAttributes);
    if (answer !== undefined && isFailedCondition(answer)) throw failedCondition(answer);
    return bySdk(command, options);
  }

  return Object.assign(sdk, { send });
}

/** Converts the items in a request or a response. */
function converted(message: object, convert: (fields: Fields) => Fields): Record<string, unknown> {
  const result: Record<string, unknown> = { ...message };
  for (const name of ITEMS) {
    const item = result[name];
    if (isFields(item)) result[name] = convert(item);
  }
  if (Array.isArray(result["Items"])) result["Items"] = result["Items"].map(convert);
  for (const name of ["RequestItems", "Responses", "UnprocessedKeys", "UnprocessedItems"]) {
    const tables = result[name];
    if (isFields(tables))
      result[name] = Object.fromEntries(Object.entries(tables).map(([table, part]) => [table, batched(part, convert)]));
  }
  return result;
}

/** A table's part of a batch: items, writes, or keys to read. */
function batched(part: unknown, convert: (fields: Fields) => Fields): unknown {
  if (Array.isArray(part)) return part.map((each) => writeOrItem(each, convert));
  if (isFields(part) && Array.isArray(part["Keys"])) return { ...part, Keys: part["Keys"].map(convert) };
  return part;
}

function writeOrItem(each: Fields, convert: (fields: Fields) => Fields): unknown {
  const { PutRequest, DeleteRequest } = each;
  if (isFields(PutRequest) && isFields(PutRequest["Item"]))
    return { PutRequest: { Item: convert(PutRequest["Item"]) } };
  if (isFields(DeleteRequest) && isFields(DeleteRequest["Key"]))
    return { DeleteRequest: { Key: convert(DeleteRequest["Key"]) } };
  return convert(each);
}

function fieldsOf({ body }: JsonAnswer): Fields {
  const parsed: unknown = JSON.parse(body);
  return isFields(parsed) ? parsed : {};
}

function isFailedCondition({ status, body }: JsonAnswer): boolean {
  return status === 400 && /"__type"\s*:\s*"[^"]*ConditionalCheckFailedException"/.test(body);
}

/** As the SDK would throw it. */
function failedCondition(answer: JsonAnswer): ConditionalCheckFailedException {
  const { Item } = fieldsOf(answer);
  return Object.assign(
    new ConditionalCheckFailedException({
      message: "The conditional request failed",
      $metadata: { httpStatusCode: answer.status },
    }),
    isFields(Item) ? { Item: marshall(fromAttributes(Item)) } : {},
  );
}
