import type { Claim, EventIdClaim } from "../../../lambdas/events/model/idempotency.ts";
import type { Claims } from "../../../lambdas/ports/events.ts";
import { lowestId } from "../../../lambdas/shared/ids.ts";
import { LIMITS } from "../../../lambdas/shared/limits.ts";

export function memoryClaims(): Claims {
  const claims = new Map<string, { claim: Claim; until: number }>();
  const eventIdClaims = new Map<string, { event: EventIdClaim; until: number }>();
  const keptMs = LIMITS.idempotencySeconds * 1_000;
  const nameOf = (owner: string, key: string) => `${owner}/${key}`;
  return {
    async claim(claim, since = 0) {
      const existing = claims.get(nameOf(claim.owner, claim.key));
      if (existing !== undefined && existing.until > claim.claimedAt && existing.claim.acceptedAt >= since)
        return existing.claim;
      claims.set(nameOf(claim.owner, claim.key), { claim, until: claim.claimedAt + keptMs });
      return undefined;
    },
    async takeUp({ owner, key, claimedAt }, now) {
      const existing = claims.get(nameOf(owner, key));
      if (existing === undefined || existing.claim.claimedAt !== claimedAt || existing.claim.isDone) return false;
      claims.set(nameOf(owner, key), { ...existing, claim: { ...existing.claim, claimedAt: now } });
      return true;
    },
    async complete({ owner, key, seed, firstIds }) {
      const existing = claims.get(nameOf(owner, key));
      if (existing?.claim.seed === seed)
        claims.set(nameOf(owner, key), {
          ...existing,
          claim: { ...existing.claim, isDone: true, ...(firstIds && { firstIds }) },
        });
    },
    async release({ owner, key, seed }) {
      const existing = claims.get(nameOf(owner, key));
      if (existing?.claim.seed === seed && !existing.claim.isDone)
        claims.set(nameOf(owner, key), { ...existing, claim: { ...existing.claim, claimedAt: 0 } });
    },
    async claimEventId(event, now, since = 0) {
      const existing = eventIdClaims.get(nameOf(event.account, event.eventId));
      if (existing !== undefined && existing.until > now && existing.event.id >= lowestId(since)) return existing.event;
      eventIdClaims.set(nameOf(event.account, event.eventId), { event, until: now + keptMs });
      return undefined;
    },
    findEventId: async (account, eventId) => eventIdClaims.get(nameOf(account, eventId))?.event.id,
    async forgetEventIds(account, eventIds) {
      for (const eventId of eventIds) eventIdClaims.delete(nameOf(account, eventId));
    },
  };
}
