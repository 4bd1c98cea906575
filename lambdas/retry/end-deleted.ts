import type { DeliveryPorts } from "../delivery/delivery-ports.ts";
import { asSeen } from "../endpoints/model/conditional-update.ts";
import type { EndpointState } from "../endpoints/model/endpoint-state.ts";
import { closeRound, leaveRound, wakeUpFor, wholeSecond } from "../endpoints/model/wake-up.ts";
import { publishStatusEvents } from "../notifications/publish-status-events.ts";
import { LIMITS } from "../shared/limits.ts";
import { clearBacklog, moveOthersAway } from "./cancel-backlog.ts";
import { NEXT_ROUND_MS } from "./retry-round.ts";

const HELD_MS = LIMITS.reregisterSeconds * 1_000;

/** The ports of a deleted endpoint's rounds. */
export interface DeletionPorts extends DeliveryPorts {
  /**
   * Decides about an endpoint that is deleted and held, or has no configuration. Passed in, because `mailjet/` implements
   * it and imports this folder.
   * @returns `gone`: its backlog may be cancelled; `restored`: it is in use; `held`: its time is not over
   */
  readonly settleDeletion: (account: string, endpoint: string) => Promise<"gone" | "restored" | "held">;
}

/** The round of a deleted endpoint, or of one without a configuration. */
export async function endDeleted(ports: DeletionPorts, state: EndpointState, deadlineAt: number): Promise<void> {
  const { clock, states, timer, settleDeletion } = ports;
  const { endpoint, account, status, keptUntil } = state;
  // What the user deleted in the native API is gone at once.
  const isFinal = status === "deleted" && keptUntil === undefined;
  const decision = isFinal ? "gone" : await settleDeletion(account, endpoint);
  if (decision === "gone") return forget(ports, state, deadlineAt);
  if (decision === "held") {
    await publishStatusEvents(ports, state);
    if (status === "deleted") await moveOthersAway(ports, state, deadlineAt - NEXT_ROUND_MS);
    // A registration that restored it has crashed, and the callback was deleted again: its time is over within a minute.
    const now = clock.now();
    const wakeAt = status === "deleted" ? wakeUpFor(state, now, now) : wholeSecond(now + HELD_MS);
    const closed = await states.update(endpoint, closeRound(state, wakeAt, true));
    if (closed?.isDone) return timer.set({ endpoint, wakeAt });
  }
  // Restored by now: its next round is due.
  const left = await states.update(endpoint, leaveRound(state.roundId ?? ""));
  const wakeAt = left?.state.wakeAt;
  if (wakeAt !== undefined) await timer.set({ endpoint, wakeAt });
}

/**
 * Cancels a deleted endpoint's backlog, then removes its state. The configuration is removed first, because the deletion
 * may have crashed before that, and without a state it could not be repeated.
 */
async function forget(ports: DeliveryPorts, state: EndpointState, deadlineAt: number): Promise<void> {
  const { clock, endpoints, states, timer } = ports;
  const { endpoint } = state;
  await endpoints.remove(state.account, endpoint);
  await publishStatusEvents(ports, state);
  const isEmpty = await clearBacklog(ports, state, deadlineAt - NEXT_ROUND_MS);
  if (isEmpty) await states.remove(endpoint, [asSeen("roundId", state.roundId), asSeen("parked", state.parked)]);
  // If more deliveries joined since, the state is still there, and the next round cancels them.
  const wakeAt = wakeUpFor(state, clock.now() + NEXT_ROUND_MS, clock.now());
  const closed = await states.update(endpoint, closeRound(state, wakeAt, true));
  if (closed?.isDone) await timer.set({ endpoint, wakeAt });
}
