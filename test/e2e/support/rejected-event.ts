import { expect } from "vitest";
import { deliveryOf, endpointOf, eventually } from "./fixture.ts";
import type { Caller } from "./harness.ts";
import type { Received, Reply } from "./receiver.ts";

const ATTEMPTS = 6; // of the shortest schedule

/**
 * One event that its receiver refuses each time, while it takes all others. Its second attempt and each further one are
 * refused only once others have been taken meanwhile: so it is the event that is to blame, whatever the machine's pace.
 */
export function poisonous(isPoison: (request: Received) => boolean) {
  const refusals = Array.from({ length: ATTEMPTS }, () => Promise.withResolvers<void>());
  let attempts = 0;
  return {
    /** What its receiver answers. */
    reply: (request: Received): Reply =>
      isPoison(request) ? { status: 500, until: refusals[attempts++]?.promise ?? Promise.resolve() } : {},

    /**
     * Lives through all of its schedule, the shortest there is.
     * @param poison sends it; it is the first that its endpoint gets
     * @param others sends what is taken meanwhile. Both return ids
     */
    async exhaust(
      caller: Caller,
      endpoint: string,
      { poison, others }: { poison(): Promise<string>; others(): Promise<readonly string[]> },
    ): Promise<string> {
      const eventId = await poison();
      refusals[0]?.resolve();
      await eventually(async () => expect((await endpointOf(caller, endpoint)).consecutiveFailures).toBeGreaterThan(0));
      for (const [n, { resolve }] of refusals.entries()) {
        if (n === 0) continue;
        await eventually(async () => expect(attempts).toBeGreaterThan(n));
        const ids = await others();
        await eventually(async () => {
          for (const id of ids) expect((await deliveryOf(caller, id)).status).toBe("delivered");
          expect((await endpointOf(caller, endpoint)).lastSuccessAt).not.toBe(null);
        });
        resolve();
      }
      await eventually(async () =>
        expect(await deliveryOf(caller, eventId)).toMatchObject({ status: "exhausted", reason: "schedule" }),
      );
      return eventId;
    },
  };
}
