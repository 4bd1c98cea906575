import { createHash } from "node:crypto";
import { decodeTime, encodeTime, ulid } from "ulid";

/**
 * `evt_`: an event. `ep_`: an endpoint. `key_`: an API key. `grp_`: events that are sent as one POST. `rec_`: a recovery. `act_`: a
 * change. `ses_`: a session of the console, and the link that opens it.
 */
export type IdPrefix = "evt" | "ep" | "key" | "grp" | "rec" | "act" | "ses";

/** Without `.`, which separates the parts of the signed content. */
export const ID = {
  evt: /^evt_[0-7][0-9A-HJKMNP-TV-Z]{25}$/,
  ep: /^ep_[0-7][0-9A-HJKMNP-TV-Z]{25}$/,
  act: /^act_[0-7][0-9A-HJKMNP-TV-Z]{25}$/,
  key: /^key_[0-7][0-9A-HJKMNP-TV-Z]{25}$/,
  rec: /^rec_[0-7][0-9A-HJKMNP-TV-Z]{25}$/,
  ses: /^ses_[0-7][0-9A-HJKMNP-TV-Z]{25}$/,
};

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TIME_CHARS = 10;
const RANDOM_CHARS = 16;
const PLACE_CHARS = 2; // up to 1,024 places, more than the events of a request

/**
 * How many partitions an account's log and an endpoint's backlog can have: the setting `shards`. A list merges one query for
 * each. An event's id names its own, so a setting that was raised still finds earlier events.
 */
export const SHARD_COUNTS = [8, 16, 32, 64] as const;
export type ShardCount = (typeof SHARD_COUNTS)[number];
/** The least, which every function reads. */
export const SHARDS_MIN = 8 satisfies ShardCount;
export const SHARDS_MAX = 64 satisfies ShardCount;

/**
 * @param now epoch ms; it makes up the id's first ten characters, so ids sort by time
 * @param random 0 (included) to 1 (excluded)
 */
export function newId(prefix: IdPrefix, now: number, random: () => number): string {
  return spread(`${prefix}_${ulid(now, random)}`, SHARDS_MIN);
}

/** An id derived from `seed`: a step that is repeated after a crash makes the same id again. */
export function idFrom(prefix: IdPrefix, at: number, seed: string, shards: ShardCount = SHARDS_MIN): string {
  const digest = createHash("sha256").update(seed).digest().subarray(0, RANDOM_CHARS);
  const chance = [...digest].map((byte) => CROCKFORD.charAt(byte % CROCKFORD.length)).join("");
  return spread(`${prefix}_${encodeTime(at, TIME_CHARS)}${chance}`, shards);
}

/**
 * An event's id: the time, its place in the request, then chance. So the events of one request sort in its order.
 * @param place 0 to 1,023
 */
export function eventIdFrom(at: number, place: number, seed: string, shards: ShardCount = SHARDS_MIN): string {
  const id = idFrom("evt", at, `${seed}#${place}`, shards);
  const placeAt = id.indexOf("_") + 1 + TIME_CHARS;
  const chars = CROCKFORD.charAt(Math.floor(place / CROCKFORD.length)) + CROCKFORD.charAt(place % CROCKFORD.length);
  return id.slice(0, placeAt) + chars + id.slice(placeAt + PLACE_CHARS);
}

/** When the id was made, epoch ms. */
export function idTime(id: string): number {
  return decodeTime(id.slice(id.indexOf("_") + 1));
}

/** The partition of an event, 0 to 63, from two characters of its id: the id alone is enough to read an event. */
export function shardOf(eventId: string): number {
  const [low, high] = shardChars(eventId);
  return low + CROCKFORD.length * (high % 2);
}

function shardChars(id: string): readonly [number, number] {
  const at = id.indexOf("_") + 1 + TIME_CHARS + PLACE_CHARS;
  return [CROCKFORD.indexOf(id.charAt(at)), CROCKFORD.indexOf(id.charAt(at + 1))];
}

/** The id with one of so many shards, by chance. Only events are in shards. */
function spread(id: string, shards: ShardCount): string {
  if (!id.startsWith("evt_")) return id;
  const shard = shardOf(id) % shards;
  const [, high] = shardChars(id);
  const at = id.indexOf("_") + 1 + TIME_CHARS + PLACE_CHARS;
  const chars =
    CROCKFORD.charAt(shard % CROCKFORD.length) +
    CROCKFORD.charAt(high - (high % 2) + Math.floor(shard / CROCKFORD.length));
  return id.slice(0, at) + chars + id.slice(at + chars.length);
}

const TIME_MAX = 2 ** 48 - 1; // the largest time that ten characters can hold

/** A lower bound for the ids of all events accepted at `at` or later, or of what else has such ids. */
export function lowestId(at: number, prefix: IdPrefix = "evt"): string {
  return `${prefix}_${encodeTime(Math.min(at, TIME_MAX), TIME_CHARS)}`;
}
