import { createHash } from "node:crypto";

/** A request that is to be done once, and how far it has come. */
export interface Claim {
  /** Whose keys these are: each account has its own. */
  readonly owner: string;
  readonly key: string;
  /** SHA-256 of what was asked, hex: another request under the same key is a mistake. */
  readonly hash: string;
  /** With `seed` it decides the ids of all that the request makes: whoever takes it up makes the same. */
  readonly acceptedAt: number;
  readonly seed: string;
  /** When somebody last began to carry it out, epoch ms. */
  readonly claimedAt: number;
  readonly isDone: boolean;
  /** Where an event was answered with the id that its own `eventId` had been given before: that id, by the event's place. */
  readonly firstIds?: Readonly<Record<string, string>>;
}

/** An event of the producer's own id, and the id that it was given. */
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
