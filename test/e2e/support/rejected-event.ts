import { expect } from "vitest";
import { deliveryOf, endpointOf, eventually } from "./fixture.ts";
import type { Caller } from "./harness.ts";
import type { Received, Reply } from "./receiver.ts";

const ATTEMPTS = 6; // of the shortest schedule

/**
 * Sets up one event that its receiver always refuses, while it accepts all others. Each attempt after the first is refused
 * only after other events were accepted. So the failures count against the event, on a machine of any speed.
 */
export function rejectedEvent(isRejected: (request: Received) => boolean) {
  const refusals = Array.from({ length: ATTEMPTS }, () => Promise.withResolvers<void>());
  let attempts = 0;
  return {
    /** The receiver's answers. */
    reply: (request: Received): Reply =>
      isRejected(request) ? { status: 500, until: refusals[attempts++]?.promise ?? Promise.resolve() } : {},

    /**
     * Runs the event through its whole schedule, the shortest one.
     * @param sendRejected sends the event, which must be the endpoint's first, and answers its id
     * @param sendOthers sends events that are accepted meanwhile, and answers their ids
     */
    async exhaust(
      caller: Caller,
      endpoint: string,
      { sendRejected, sendOthers }: { sendRejected(): Promise<string>; sendOthers(): Promise<readonly string[]> },
    ): Promise<string> {
      const eventId = await sendRejected();
      refusals[0]?.resolve();
      await eventually(async () => expect((await endpointOf(caller, endpoint)).consecutiveFailures).toBeGreaterThan(0));
      for (const [n, { resolve }] of refusals.entries()) {
        if (n === 0) continue;
        await eventually(async () => expect(attempts).toBeGreaterThan(n));
        const ids = await sendOthers();
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
