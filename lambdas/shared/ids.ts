import { createHash } from "node:crypto";
import { decodeTime, encodeTime, ulid } from "ulid";

/** `evt_`: an event. `ep_`: an endpoint. `key_`: an API key. `grp_`: events that are sent as one POST. */
export type IdPrefix = "evt" | "ep" | "key" | "grp";

/** No `.`: it separates the parts of what a signature covers. */
export const ID = {
  evt: /^evt_[0-7][0-9A-HJKMNP-TV-Z]{25}$/,
  ep: /^ep_[0-7][0-9A-HJKMNP-TV-Z]{25}$/,
  key: /^key_[0-7][0-9A-HJKMNP-TV-Z]{25}$/,
};

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TIME_CHARS = 10;
const RANDOM_CHARS = 16;

/** How many partitions an account's log, and an endpoint's backlog, are spread over. A list is as many queries, merged. */
export const SHARDS = 8;

/**
 * @param now epoch ms, kept in the id's first ten letters: ids sort by time
 * @param random 0 (included) to 1 (excluded)
 */
export function newId(prefix: IdPrefix, now: number, random: () => number): string {
  return `${prefix}_${ulid(now, random)}`;
}

/** The id of what `seed` names, the same each time it is made: whoever repeats a step after a crash makes no second one. */
export function idFrom(prefix: IdPrefix, at: number, seed: string): string {
  const digest = createHash("sha256").update(seed).digest().subarray(0, RANDOM_CHARS);
  return `${prefix}_${encodeTime(at, TIME_CHARS)}${[...digest].map((byte) => CROCKFORD.charAt(byte % CROCKFORD.length)).join("")}`;
}

/** When the id was made, epoch ms. */
export function idTime(id: string): number {
  return decodeTime(id.slice(id.indexOf("_") + 1));
}

/** The partition of an event, 0 to 7: told by its first random letter, so that one event is read by its id alone. */
export function shardOf(eventId: string): number {
  const letter = eventId.charAt(eventId.indexOf("_") + 1 + TIME_CHARS);
  return CROCKFORD.indexOf(letter) % SHARDS;
}

const TIME_MAX = 2 ** 48 - 1; // what ten letters hold

/** Smaller than every id of events accepted at `at` or later. */
export function lowestId(at: number): string {
  return `evt_${encodeTime(Math.min(at, TIME_MAX), TIME_CHARS)}`;
}
