import { createHash } from "node:crypto";
import type { ShardCount } from "../../shared/ids.ts";

/** A request with an Idempotency-Key, and its progress. */
export interface Claim {
  /** The account, or `*` for an operator: each owner has its own keys. */
  readonly owner: string;
  readonly key: string;
  /** SHA-256 of the request, hex: a different request with the same key is rejected. */
  readonly hash: string;
  /** The ids of the events are derived from it and `seed`, so that a repeat of the request makes the same ids. */
  readonly acceptedAt: number;
  readonly seed: string;
  /** The setting when it was made. Absent: the least. */
  readonly shards?: ShardCount;
  /** When a function last started to carry it out, epoch ms. */
  readonly claimedAt: number;
  readonly isDone: boolean;
  /** By position in the request: the id of an event whose `eventId` had been accepted before. */
  readonly firstIds?: Readonly<Record<string, string>>;
}

/** A producer's `eventId` and the event id that it got. */
export interface EventIdClaim {
  readonly account: string;
  readonly eventId: string;
  readonly id: string;
  /** SHA-256 of its content, hex. */
  readonly hash: string;
}

/** 1-255 printable ASCII characters (IETF draft "The Idempotency-Key HTTP Header Field" leaves it to the resource). */
export const IDEMPOTENCY_KEY = /^[\x20-\x7e]{1,255}$/;

export function sha256(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest("hex");
}
