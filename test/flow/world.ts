import type { FailedAttempt } from "../../lambdas/core/failed-attempt.ts";
import type { Webhook } from "../../lambdas/core/webhook.ts";
import type { Wake } from "../../lambdas/ports.ts";
import { memoryCallbacks } from "../../local/memory/callbacks.ts";
import { memoryClaims } from "../../local/memory/claims.ts";
import { memoryClock, seededDice } from "../../local/memory/clock.ts";
import { type Behaviour, memoryCourier } from "../../local/memory/courier.ts";
import { memoryDeliveries } from "../../local/memory/deliveries.ts";
import { memoryEndpoints } from "../../local/memory/endpoints.ts";
import { memoryEventLog } from "../../local/memory/event-log.ts";
import { memoryEventQueue } from "../../local/memory/event-queue.ts";
import { memoryPacer } from "../../local/memory/pacer.ts";
import { memoryStats } from "../../local/memory/stats.ts";

export type MemoryWorld = ReturnType<typeof memoryWorld>;

/** All ports in memory, and what they were asked for. @param receive how receivers behave: all is well, if not said */
export function memoryWorld(receive: (webhook: Webhook) => Behaviour | Promise<Behaviour> = () => ({ status: 200 })) {
  const clock = memoryClock();
  const failed: FailedAttempt[] = [];
  const wakes: Wake[] = [];
  return {
    clock,
    dice: seededDice(3),
    queue: memoryEventQueue(),
    ...memoryEndpoints(),
    callbacks: memoryCallbacks(),
    log: memoryEventLog(clock),
    deliveries: memoryDeliveries(),
    claims: memoryClaims(),
    pacer: memoryPacer(),
    stats: memoryStats(),
    courier: memoryCourier(clock, receive),
    guard: { refusal: async (_url: string): Promise<string | undefined> => undefined },
    operatorAccount: "operator",
    freshLookMs: 300_000,
    shareLimit: { percent: 60, minutes: 15, emails: 100 },
    /** Wake-ups that were set. */
    wakes,
    timer: { set: async (wake: Wake) => void wakes.push(wake) },
    failed,
    report: {
      attemptFailed: (line: FailedAttempt) => void failed.push(line),
      packFailed: () => {},
      countsLost: (_account: string) => {},
      roundFailed: () => {},
      scheduleRefused: () => {},
      swept: () => {},
    },
  };
}
