import * as z from "zod";
import { itemBytes } from "./item-bytes.ts";

/** Units of one partition key, of the table or of an index. */
export interface KeyUnits {
  readonly writeUnits: number;
  readonly readUnits: number;
}

const Text = z.object({ S: z.string() });
const Key = z.looseObject({ pk: Text });
const Values = z.record(z.string(), z.unknown());
const Request = z.looseObject({
  TableName: z.string().optional(),
  IndexName: z.string().optional(),
  Key: Key.optional(),
  Item: Key.optional(),
  KeyConditionExpression: z.string().optional(),
  ExpressionAttributeValues: Values.optional(),
  RequestItems: z.record(z.string(), z.unknown()).optional(),
});
const Part = z.looseObject({ CapacityUnits: z.number() });
const Capacity = z.looseObject({
  CapacityUnits: z.number(),
  Table: Part.optional(),
  GlobalSecondaryIndexes: z.record(z.string(), Part).optional(),
});
const Response = z.looseObject({ ConsumedCapacity: z.union([Capacity, z.array(Capacity)]).optional() });
const Gets = z.looseObject({ Keys: z.array(Key) });
const Writes = z.array(
  z.looseObject({
    PutRequest: z.looseObject({ Item: Key }).optional(),
    DeleteRequest: z.looseObject({ Key }).optional(),
  }),
);
const WRITE = /^(Put|Update|Delete|BatchWrite)Item$/;
const UNIT_BYTES = 1_024;

/**
 * The units that a request to DynamoDB has consumed, by partition key. Those of an index have the index's name, because
 * DynamoDB does not say which of its keys were written.
 * @param request with the response's `ConsumedCapacity` requested as `INDEXES`
 */
export function unitsByKey(action: string, request: unknown, response: unknown): [key: string, units: KeyUnits][] {
  const { ConsumedCapacity } = Response.parse(response);
  if (ConsumedCapacity === undefined) return [];
  const isWrite = WRITE.test(action);
  const unitsOf = (units: number): KeyUnits => ({
    writeUnits: isWrite ? units : 0,
    readUnits: isWrite ? 0 : units,
  });
  const capacities = [ConsumedCapacity].flat();
  const ofIndexes = capacities.flatMap(({ GlobalSecondaryIndexes = {} }) =>
    Object.entries(GlobalSecondaryIndexes).map(([name, { CapacityUnits }]): [string, KeyUnits] => [
      `index ${name}`,
      unitsOf(CapacityUnits),
    ]),
  );
  const ofTable = capacities.reduce(
    (sum, { Table, CapacityUnits }) => sum + (Table?.CapacityUnits ?? CapacityUnits),
    0,
  );
  const keys = keysOf(request);
  const weight = keys.reduce((sum, key) => sum + key.weight, 0);
  return [...ofIndexes, ...keys.map((key): [string, KeyUnits] => [key.pk, unitsOf((ofTable * key.weight) / weight)])];
}

/** The partition keys of a request, each with its share of the consumed units. */
function keysOf(request: unknown): { readonly pk: string; readonly weight: number }[] {
  const {
    Key: key,
    Item,
    IndexName,
    RequestItems,
    KeyConditionExpression,
    ExpressionAttributeValues = {},
  } = Request.parse(request);
  const one = key ?? Item;
  if (one !== undefined) return [{ pk: one.pk.S, weight: 1 }];
  if (KeyConditionExpression !== undefined && IndexName === undefined) {
    const name = /pk = (:\w+)/.exec(KeyConditionExpression)?.[1] ?? "";
    return [{ pk: Text.parse(ExpressionAttributeValues[name]).S, weight: 1 }];
  }
  return Object.values(RequestItems ?? {}).flatMap((items) => {
    const gets = Gets.safeParse(items);
    if (gets.success) return gets.data.Keys.map(({ pk }) => ({ pk: pk.S, weight: 1 }));
    return Writes.parse(items).flatMap(({ PutRequest, DeleteRequest }) => {
      const item = PutRequest?.Item ?? DeleteRequest?.Key;
      return item === undefined ? [] : [{ pk: item.pk.S, weight: Math.ceil(itemBytes(item) / UNIT_BYTES) }];
    });
  });
}
