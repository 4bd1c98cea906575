import type { FailedAttempt } from "../../lambdas/delivery/model/failed-attempt-log.ts";
import type { Webhook } from "../../lambdas/delivery/model/webhook-request.ts";
import { deleteEndpoint } from "../../lambdas/endpoints/delete-endpoint.ts";
import { settleDeletion } from "../../lambdas/mailjet/settle-deletion.ts";
import type { Wake } from "../../lambdas/ports/endpoints.ts";
import { runRecoveryStep } from "../../lambdas/recoveries/run-step.ts";
import { cancelBacklog } from "../../lambdas/retry/cancel-backlog.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { memoryClaims } from "../../local/simulator/memory/claims.ts";
import { memoryClock, seededRandom } from "../../local/simulator/memory/clock.ts";
import { memoryDeliveries } from "../../local/simulator/memory/deliveries.ts";
import { memoryEndpoints } from "../../local/simulator/memory/endpoints.ts";
import { memoryEventLog } from "../../local/simulator/memory/event-log.ts";
import { memoryPacer } from "../../local/simulator/memory/pacer.ts";
import { memoryRecoveries } from "../../local/simulator/memory/recoveries.ts";
import { memoryUnsuccessfulDeliveries } from "../../local/simulator/memory/unsuccessful-deliveries.ts";
import { memoryActivity } from "../memory/activity.ts";
import { memoryCallbacks } from "../memory/callbacks.ts";
import { memoryEventQueue } from "../memory/event-queue.ts";
import { memorySessions } from "../memory/sessions.ts";
import { memoryStats } from "../memory/stats.ts";
import { type Behaviour, memoryWebhookClient } from "../memory/webhook-client.ts";

export type MemoryWorld = ReturnType<typeof memoryWorld>;

/** All ports in memory, with the calls that they received. @param receive how receivers behave; default 200 */
export function memoryWorld(receive: (webhook: Webhook) => Behaviour | Promise<Behaviour> = () => ({ status: 200 })) {
  const clock = memoryClock();
  const [log, deliveries] = [memoryEventLog(clock), memoryDeliveries()];
  const failed: FailedAttempt[] = [];
  const wakes: Wake[] = [];
  const world = {
    clock,
    random: seededRandom(3),
    queue: memoryEventQueue(),
    ...memoryEndpoints(),
    sessions: memorySessions(),
    callbacks: memoryCallbacks(),
    log,
    deliveries,
    unsuccessful: memoryUnsuccessfulDeliveries(deliveries, log),
    claims: memoryClaims(),
    pacer: memoryPacer(),
    stats: memoryStats(),
    activity: memoryActivity(clock),
    webhookClient: memoryWebhookClient(clock, receive),
    guard: { refusal: async (_url: string): Promise<string | undefined> => undefined },
    operatorAccount: "operator",
    earlyProbeMs: 300_000,
    cancelBacklog,
    recoveries: memoryRecoveries(),
    notYetLoggedMs: LIMITS.notYetLoggedSeconds * 1_000,
    runRecoveryStep,
    deleteEndpoint,
    failureRateLimit: { percent: 60, minutes: 15, emails: 100 },
    /** The wake-ups that were scheduled. */
    wakes,
    timer: { set: async (wake: Wake) => void wakes.push(wake) },
    failed,
    report: {
      attemptFailed: (line: FailedAttempt) => void failed.push(line),
      messageFailed: () => {},
      activityLost: (_account: string) => {},
      countsLost: (_account: string) => {},
      roundFailed: () => {},
      scheduleRefused: () => {},
      redriven: () => {},
      swept: () => {},
    },
  };
  return { ...world, settleDeletion: (account: string, endpoint: string) => settleDeletion(world, account, endpoint) };
}
