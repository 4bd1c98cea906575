import type { Claims } from "../../../lambdas/ports/events.ts";
import type { Environment } from "../function.ts";

/** @param isIgnored whether existing claims are not returned, as a mutant */
export function claimsFor(claims: Claims, environment: Environment, isIgnored = false): Claims {
  return {
    claim: (claim, since) =>
      environment.call(`claim ${claim.key}`, async () => {
        const existing = await claims.claim(claim, since);
        return isIgnored ? undefined : existing;
      }),
    takeUp: (existing, now) => environment.call(`take over ${existing.key}`, () => claims.takeUp(existing, now)),
    complete: (claim) => environment.call(`complete ${claim.key}`, () => claims.complete(claim)),
    claimEventId: (event, now, since) =>
      environment.call(`claim event id ${event.eventId}`, () => claims.claimEventId(event, now, since)),
    release: (claim) => environment.call(`release ${claim.key}`, () => claims.release(claim)),
    findEventId: claims.findEventId,
    forgetEventIds: claims.forgetEventIds,
  };
}
