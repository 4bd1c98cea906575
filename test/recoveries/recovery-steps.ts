import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import type { EndedDelivery } from "../../lambdas/delivery/model/delivery.ts";
import { createRecovery } from "../../lambdas/recoveries/create-recovery.ts";
import { findRecovery } from "../../lambdas/recoveries/find-recovery.ts";
import type { Recovery, RecoveryRequest } from "../../lambdas/recoveries/model/recovery.ts";
import { type MemoryWorld, memoryWorld } from "../support/memory-world.ts";

const FUNCTION_MS = 60_000;
export const MISSED: RecoveryRequest = { statuses: ["exhausted", "cancelled"] };

/** A world whose receivers fail until `works` is called. */
export function outage() {
  let status = 500;
  const world = memoryWorld(() => ({ status, tookMs: 0 }));
  const answer = (next: number) => {
    status = next;
  };
  return { world, works: () => answer(200), fails: () => answer(500) };
}

/** Ends all pending deliveries of an endpoint without success. */
export async function giveUp(
  world: MemoryWorld,
  endpoint: string,
  more: Partial<EndedDelivery> = { status: "exhausted", reason: "schedule" },
): Promise<void> {
  for (const pending of await world.deliveries.oldest(endpoint, { limit: 10_000 })) {
    const { account, eventId, type, attempts, resentAt, keptUntil } = pending;
    const ended: EndedDelivery = {
      endpoint,
      account,
      eventId,
      type,
      attempts,
      keptUntil,
      status: "exhausted",
      endedAt: world.clock.now(),
      ...(resentAt !== undefined && { resentAt }),
      ...more,
    };
    await world.deliveries.recordOutcome(ended);
    await world.deliveries.removeFromBacklog([ended]);
  }
}

/** Begins a recovery, and drives its steps. */
export async function begin(world: MemoryWorld, request: Partial<RecoveryRequest> = {}) {
  const { recovery } = await createRecovery(world, "acme", { ...MISSED, ...request });
  return stepsOf(world, recovery);
}

export function stepsOf(world: MemoryWorld, { id }: Pick<Recovery, "id">) {
  const dispatch = dispatcher(world);
  const read = () => findRecovery(world, "acme", id);
  /** Runs one step, whether it is due or not. @returns whether its message is done */
  const step = async (): Promise<boolean> => {
    const recovery = { account: "acme", id };
    const message = { content: { account: "acme", events: [], recovery }, receives: 1 };
    const [isDone = false] = await dispatch([message], world.clock.now() + FUNCTION_MS);
    return isDone;
  };
  return {
    id,
    read,
    step,
    /** Runs the steps in the queue, each after its delay, until there are no more or `until` holds. */
    async run(until: () => Promise<boolean> = async () => false): Promise<Recovery> {
      for (let next = world.queue.recoveries.shift(); next !== undefined; next = world.queue.recoveries.shift()) {
        world.clock.move(next.delayMs);
        await step();
        if (await until()) break;
      }
      return read();
    },
  };
}
