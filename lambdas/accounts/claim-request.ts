import type { Claim } from "../events/model/idempotency.ts";
import type { Clock, Random } from "../ports/clock.ts";
import type { Claims } from "../ports/events.ts";
import { RappelError } from "../shared/errors.ts";
import type { ShardCount } from "../shared/ids.ts";
import { LIMITS } from "../shared/limits.ts";

interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  /** Of the ids of events. Absent: the least. */
  readonly shards?: ShardCount | undefined;
  readonly claims: Claims;
}

/** Identifies a request, so that a repeat is recognised. */
export interface IdempotencyKey {
  readonly owner: string;
  readonly key: string;
  /** The hash of the route and the body's bytes. */
  readonly hash: string;
}

/** A request that was claimed by its Idempotency-Key. */
interface ClaimedRequest {
  readonly claim: Claim;
  /** `done`: a repeat gets the first response. `again`: the first request may have crashed, so its steps are repeated. */
  readonly progress: "first" | "again" | "done";
}

/** `claimedAt` of a claim whose request has failed: a repeat need not wait. */
export const RELEASED = 0;
const SEED_BYTES = 16;
const SECOND_MS = 1_000;

/** What the ids of a request are derived from. */
export function newSeed({
  clock,
  random,
  shards,
}: Pick<Ports, "clock" | "random" | "shards">): Pick<Claim, "acceptedAt" | "seed" | "shards"> {
  const seed = Buffer.from(random.bytes(SEED_BYTES)).toString("base64url");
  return { acceptedAt: clock.now(), seed, ...(shards !== undefined && { shards }) };
}

/**
 * Claims a request before it is carried out. The caller completes the claim when it is done, and releases it when it has
 * failed.
 * @param since claims accepted before belong to a deleted account of the same name
 * @throws {RappelError} `IDEMPOTENCY_KEY_REUSED` for a different request with the same key; `REQUEST_IN_PROGRESS` while the
 * first request is running
 */
export async function claimRequest(
  ports: Ports,
  { owner, key, hash }: IdempotencyKey,
  since = 0,
): Promise<ClaimedRequest> {
  const { clock, claims } = ports;
  const now = clock.now();
  const newClaim: Claim = { owner, key, hash, ...newSeed(ports), claimedAt: now, isDone: false };
  const earlier = await claims.claim(newClaim, since);
  if (earlier === undefined) return { claim: newClaim, progress: "first" };
  if (earlier.hash !== hash)
    throw new RappelError(
      "IDEMPOTENCY_KEY_REUSED",
      "A different request was sent with this Idempotency-Key in the last 24 hours: use a new key for a new request",
    );
  if (earlier.isDone) return { claim: earlier, progress: "done" };
  await takeUp(claims, earlier, now);
  return { claim: earlier, progress: "again" };
}

/**
 * Carries out a claimed request, then completes its claim. An error releases it, so that a repeat need not wait until the
 * claim is 30 s old.
 */
export async function completing<T>(
  { claims }: Pick<Ports, "claims">,
  claim: Claim,
  carryOut: () => Promise<T>,
  more: (result: T) => Pick<Claim, "firstIds"> = () => ({}),
): Promise<T> {
  try {
    const result = await carryOut();
    // An error here must not fail the request: it is done, and a repeat would use the same ids.
    await claims.complete({ ...claim, ...more(result) }).catch(() => undefined);
    return result;
  } catch (error) {
    await claims.release(claim).catch(() => undefined);
    throw error;
  }
}

async function takeUp(claims: Claims, open: Claim, now: number): Promise<void> {
  const waitMs = open.claimedAt + LIMITS.requestSeconds * SECOND_MS - now;
  if (waitMs <= 0 && (await claims.takeUp(open, now))) return;
  throw new RappelError("REQUEST_IN_PROGRESS", "The first request with this Idempotency-Key is still running", {
    retryAfterSeconds: Math.max(1, Math.ceil(waitMs / SECOND_MS)),
  });
}
