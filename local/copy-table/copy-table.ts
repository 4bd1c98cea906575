import { isDeepStrictEqual } from "node:util";
import { GetCommand, PutCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { dynamoStates } from "../../lambdas/adapters/dynamodb/states.ts";
import { BACKLOG_PREFIX, keys, putUnlessThere } from "../../lambdas/adapters/dynamodb/table/table.ts";
import { wholeSecond } from "../../lambdas/endpoints/model/wake-up.ts";
import { waitForAll } from "../../lambdas/shared/wait-for-all.ts";
import type { TableLocation } from "../table-location.ts";
import { type Counts, NO_COUNTS, type ProgressFile } from "./progress.ts";
import { resealBetween } from "./secrets.ts";
import { type Item, isEndpoint, isSelected, type Part } from "./selection.ts";

/** Parallel segments of a new copy. Ours: two thousand writes a second, half of what a new table takes. */
export const SEGMENTS = 4;
const PAGE_ITEMS = 100; // ours: what is repeated after a stop
const WRITES_AT_ONCE = 16; // ours: in each segment

const AnyItem = z.looseObject({ pk: z.string(), sk: z.string() });
const LastKey = z.object({ pk: z.string(), sk: z.string() });

export interface CopyOptions {
  readonly source: TableLocation;
  readonly target: TableLocation;
  readonly part: Part;
  /** Whether items that the target has with other values are replaced. Otherwise they are kept: they may be newer. */
  readonly overwrite: boolean;
  /** The KMS key of the target's deployment; needed only if the target has no data key yet. */
  readonly keyId?: string | undefined;
  readonly file: ProgressFile;
  /** Called after each page. */
  readonly report: (counts: Counts) => void;
  /** Epoch ms. */
  readonly now: () => number;
}

/**
 * Copies items of one table into another. An item that the target has already is kept, unless `overwrite` says otherwise. A
 * copy that was stopped continues where its progress file says, and repeats at most a page of each segment.
 * At its end, each endpoint with copied pending deliveries gets a retry round: a round that ran before found only some.
 * @returns the counts of the whole copy
 * @throws {Error} if a table or KMS refuses; the progress file is then up to date
 */
export async function copyTable(options: CopyOptions): Promise<Counts> {
  const { source, target, part, overwrite, keyId, file, report, now } = options;
  const reseal = await resealBetween(source, target, keyId);
  let { counts } = file.progress;
  const segments = [...file.progress.segments];
  let isStopped = false;
  const backlogs = new Set(file.progress.backlogs);
  const early = new Set<string>(); // states that were written before their turn

  /** @returns which count the item belongs to */
  async function copy(item: Item): Promise<keyof Counts> {
    if (!isSelected(item, part, now())) return "skipped";
    // An existing endpoint must always have its state.
    if (isEndpoint(item.sk) && typeof item["id"] === "string") {
      const state = await read(source, keys.state(item["id"]));
      if (state !== undefined && (await write(state)) === "written") early.add(state.pk);
    }
    const count = await write(item);
    return early.has(item.pk) && count === "same" ? "written" : count;
  }

  async function write(item: Item): Promise<keyof Counts> {
    const there = await put(target, await reseal(item), overwrite);
    if (there === undefined) return "written";
    return isDeepStrictEqual(withoutSealed(there), withoutSealed(item)) ? "same" : "kept";
  }

  async function copySegment(segment: number): Promise<void> {
    for (let at = segments[segment]; at !== null && at !== undefined && !isStopped; at = segments[segment]) {
      const page = await source.table.client.send(
        new ScanCommand({
          TableName: source.table.name,
          ConsistentRead: true,
          Segment: segment,
          TotalSegments: segments.length,
          Limit: PAGE_ITEMS,
          ...(at !== "start" && { ExclusiveStartKey: at }),
        }),
      );
      const items = (page.Items ?? []).map((item) => AnyItem.parse(item));
      const done = { ...NO_COUNTS, read: items.length };
      for (let from = 0; from < items.length; from += WRITES_AT_ONCE) {
        for (const count of await waitForAll(items.slice(from, from + WRITES_AT_ONCE).map(copy))) done[count]++;
      }
      for (const { pk } of items) if (pk.startsWith(BACKLOG_PREFIX)) backlogs.add(pk.split("#")[1] ?? "");
      segments[segment] = page.LastEvaluatedKey === undefined ? null : LastKey.parse(page.LastEvaluatedKey);
      counts = sum(counts, done);
      file.save({ ...file.progress, counts, segments, backlogs: [...backlogs] });
      report(counts);
    }
  }

  const stopAll = (error: unknown) => {
    isStopped = true; // the other segments end after their page
    throw error;
  };
  await waitForAll(segments.map((_, segment) => copySegment(segment).catch(stopAll)));
  if (part === "all") await wakeAll(target, [...backlogs], now());
  file.remove();
  return counts;
}

/** Sets an overdue wake-up, which the sweeper of the target's deployment sends. */
async function wakeAll({ table }: TableLocation, endpoints: readonly string[], now: number): Promise<void> {
  const states = dynamoStates(table);
  for (let from = 0; from < endpoints.length; from += WRITES_AT_ONCE)
    await waitForAll(
      endpoints
        .slice(from, from + WRITES_AT_ONCE)
        .map((endpoint) => states.update(endpoint, { set: { wakeAt: wholeSecond(now) }, add: { parked: 1 } })),
    );
}

async function read(
  { table: { client, name } }: TableLocation,
  Key: { pk: string; sk: string },
): Promise<Item | undefined> {
  const { Item: found } = await client.send(new GetCommand({ TableName: name, Key, ConsistentRead: true }));
  return found === undefined ? undefined : AnyItem.parse(found);
}

/** @returns the item that the table has already, if it was kept */
async function put({ table }: TableLocation, item: Item, overwrite: boolean): Promise<Item | undefined> {
  if (overwrite) {
    await table.client.send(new PutCommand({ TableName: table.name, Item: item }));
    return undefined;
  }
  const there = await putUnlessThere(table, { Item: item, ConditionExpression: "attribute_not_exists(pk)" });
  return there === undefined ? undefined : AnyItem.parse(there);
}

/** Encrypting again changes the bytes of what is the same. */
function withoutSealed({ sealed: _, ...rest }: Item): object {
  return rest;
}

function sum(a: Counts, b: Counts): Counts {
  return {
    read: a.read + b.read,
    written: a.written + b.written,
    same: a.same + b.same,
    kept: a.kept + b.kept,
    skipped: a.skipped + b.skipped,
  };
}
