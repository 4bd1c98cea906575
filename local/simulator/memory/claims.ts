import type { Claim, EventIdClaim } from "../../../lambdas/events/model/idempotency.ts";
import type { Claims } from "../../../lambdas/ports/events.ts";
import { lowestId } from "../../../lambdas/shared/ids.ts";
import { LIMITS } from "../../../lambdas/shared/limits.ts";

export function memoryClaims(): Claims {
  const claims = new Map<string, { claim: Claim; until: number }>();
  const named = new Map<string, { event: EventIdClaim; until: number }>();
  const keptMs = LIMITS.idempotencySeconds * 1_000;
  const nameOf = (owner: string, key: string) => `${owner}/${key}`;
  return {
    async claim(claim, since = 0) {
      const standing = claims.get(nameOf(claim.owner, claim.key));
      if (standing !== undefined && standing.until > claim.claimedAt && standing.claim.acceptedAt >= since)
        return standing.claim;
      claims.set(nameOf(claim.owner, claim.key), { claim, until: claim.claimedAt + keptMs });
      return undefined;
    },
    async takeUp({ owner, key, claimedAt }, now) {
      const standing = claims.get(nameOf(owner, key));
      if (standing === undefined || standing.claim.claimedAt !== claimedAt || standing.claim.isDone) return false;
      claims.set(nameOf(owner, key), { ...standing, claim: { ...standing.claim, claimedAt: now } });
      return true;
    },
    async complete({ owner, key, seed, firstIds }) {
      const standing = claims.get(nameOf(owner, key));
      if (standing?.claim.seed === seed)
        claims.set(nameOf(owner, key), {
          ...standing,
          claim: { ...standing.claim, isDone: true, ...(firstIds && { firstIds }) },
        });
    },
    async release({ owner, key, seed }) {
      const standing = claims.get(nameOf(owner, key));
      if (standing?.claim.seed === seed && !standing.claim.isDone)
        claims.set(nameOf(owner, key), { ...standing, claim: { ...standing.claim, claimedAt: 0 } });
    },
    async claimEventId(event, now, since = 0) {
      const standing = named.get(nameOf(event.account, event.eventId));
      if (standing !== undefined && standing.until > now && standing.event.id >= lowestId(since)) return standing.event;
      named.set(nameOf(event.account, event.eventId), { event, until: now + keptMs });
      return undefined;
    },
    async forgetEventIds(account, eventIds) {
      for (const eventId of eventIds) named.delete(nameOf(account, eventId));
    },
  };
}
