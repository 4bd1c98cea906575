import { isDispatched } from "../accounts/model/account.ts";
import type { StepContext } from "../delivery/delivery-ports.ts";
import { LIMITS } from "../shared/limits.ts";
import { cancelled, hasEnded, stepBegun, stepDone } from "./model/recovery.ts";
import type { RecoveryPorts } from "./recovery-ports.ts";
import { sendStep } from "./send-step.ts";
import { settleRecovery } from "./settle-recovery.ts";

const PUBLISHED_MS = LIMITS.publishWithinSeconds * 1_000;

/**
 * Runs one step of a recovery and queues the next one. The order is: begin under a lease, send, schedule wake-ups, record,
 * queue. A step that crashed is repeated from its beginning, whether the recovery was cancelled meanwhile or not, so that
 * everything that was sent is counted.
 */
export async function runRecoveryStep(ports: RecoveryPorts, id: string, context: StepContext): Promise<void> {
  const { clock, queue, recoveries } = ports;
  const { account } = context;
  const found = await recoveries.find(account.id, id);
  if (found === undefined) return removeLost(ports, account.id, id);
  if (!isDispatched(account, found.createdAt)) return;
  const now = clock.now();
  // The function that ended it publishes that. Another one does so only if it is overdue.
  if (hasEnded(found)) return now < found.updatedAt + PUBLISHED_MS ? undefined : settleRecovery(ports, found);
  const { stepUntil = 0, nextAt } = found;
  if (stepUntil > now) return; // another copy of the message is at work
  if (found.cancelRequestedAt !== undefined && found.stepUntil === undefined) {
    const over = cancelled(found, now);
    if (await recoveries.save(over)) await settleRecovery(ports, over);
    return;
  }
  if (nextAt > now) return queue.recover({ account: account.id, id }, nextAt - now);
  const begun = stepBegun(found, now, context.deadlineAt + LIMITS.leaseSlackMs);
  if (!(await recoveries.save(begun))) return;
  const done = stepDone(begun, await sendStep(ports, begun, context), clock.now(), ports.notYetLoggedMs);
  if (!(await recoveries.save(done))) return;
  if (hasEnded(done)) return settleRecovery(ports, done);
  await queue.recover({ account: account.id, id }, Math.max(0, done.nextAt - clock.now()));
}

/** Its request crashed before it was stored, or its account was erased. */
async function removeLost({ clock, recoveries }: RecoveryPorts, account: string, id: string): Promise<void> {
  const lost = (await recoveries.running(account)).find((each) => each.id === id);
  if (lost !== undefined && clock.now() - lost.createdAt > LIMITS.requestSeconds * 1_000) await recoveries.end(lost);
}
