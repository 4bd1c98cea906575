import type { Endpoint } from "../endpoints/model/endpoint.ts";
import { nextTransition, type Observed } from "../endpoints/model/endpoint-policy.ts";
import { type EndpointState, isPublishingOverdue } from "../endpoints/model/endpoint-state.ts";
import { applied, type BatchResult, changeFor, returnRequested } from "../endpoints/model/endpoint-transitions.ts";
import { stagesOf } from "../endpoints/model/preset.ts";
import { scheduleWakeUp, wakeNow } from "../endpoints/schedule-wake-up.ts";
import { publishStatusEvents } from "../notifications/publish-status-events.ts";
import { LIMITS } from "../shared/limits.ts";
import { waitForAll } from "../shared/wait-for-all.ts";
import type { BatchResults } from "./batch-results.ts";
import type { DispatchPorts } from "./delivery-ports.ts";
import type { EndpointStateCache } from "./endpoint-state-cache.ts";

/** Writes a batch's results to the endpoints' states, and schedules a wake-up for each whose backlog grew. */
export function batchResultsWriter(
  ports: DispatchPorts,
  cache: EndpointStateCache,
): (results: BatchResults, deadlineAt: number) => Promise<void> {
  const { clock, states } = ports;

  /** A success of an endpoint that works is worth a write only every 5 minutes. */
  async function isWorthAWrite({ endpoint, parked, failures, okAt }: BatchResult): Promise<boolean> {
    if (parked > 0 || failures > 0) return true;
    if (okAt === undefined) return false;
    const state = await cache.stateOf(endpoint);
    const everyMs = LIMITS.lastSuccessEverySeconds * 1000;
    return state !== undefined && (state.streak > 0 || okAt - (state.lastOkAt ?? 0) > everyMs);
  }

  async function apply(result: BatchResult, endpoint: Endpoint | undefined, deadlineAt: number): Promise<void> {
    if (!(await isWorthAWrite(result))) return;
    const updated = await states.update(result.endpoint, applied(result));
    cache.forget(result.endpoint);
    if (updated === undefined) return cancelJoined(result, deadlineAt);
    const { state, isOwn } = await transition(updated.state, result, endpoint);
    if (await isMoveBackDue(result)) await wakeNow(ports, result.endpoint, returnRequested(clock.now()));
    if (result.hasBackup && state.status === "suspended") await wakeNow(ports, state.endpoint);
    else if (result.dueAt !== undefined) await scheduleWakeUp(ports, state, result.dueAt);
    // Whoever made a change publishes it. Somebody else's is published here only where that function must have died.
    if (isOwn || isPublishingOverdue(state, clock.now())) await publishStatusEvents(ports, state);
  }

  /** The endpoint was deleted and its state removed: what has joined its backlog since then would wait for ever. */
  async function cancelJoined({ endpoint, dueAt }: BatchResult, deadlineAt: number): Promise<void> {
    if (dueAt === undefined) return;
    if (await ports.cancelBacklog(ports, endpoint, deadlineAt - LIMITS.recordingMs / 2)) return;
    throw new Error(`Cannot cancel what joined the backlog of ${endpoint} after it was deleted: out of time`);
  }

  /** Whether something joined on behalf of an endpoint that is not suspended any more: dispatch's cached state was older. */
  async function isMoveBackDue({ onBehalfOf = [] }: BatchResult): Promise<boolean> {
    const mains = onBehalfOf.length === 0 ? [] : [...(await states.read(onBehalfOf)).values()];
    return mains.some(({ status }) => status !== "suspended" && status !== "deleted");
  }

  /** Carries out what the policy makes of the results. */
  async function transition(
    state: EndpointState,
    { isGone = false, notBefore = 0 }: BatchResult,
    endpoint: Endpoint | undefined,
  ): Promise<{ readonly state: EndpointState; readonly isOwn: boolean }> {
    if (endpoint === undefined) return { state, isOwn: false }; // nothing was sent there
    const now = clock.now();
    const observed: Observed = { by: "traffic", isGone, retryAfterMs: Math.max(0, notBefore - now) };
    const rules = { schedule: stagesOf(endpoint.retrySchedule), earlyProbeMs: ports.earlyProbeMs };
    const change = changeFor(state, nextTransition(state, observed, rules, now), now);
    if (change === undefined) return { state, isOwn: false };
    const updated = await states.update(state.endpoint, change);
    return { state: updated?.state ?? state, isOwn: updated?.isDone === true };
  }

  return async (results, deadlineAt) => {
    await waitForAll(results.all.map((result) => apply(result, results.endpointOf(result), deadlineAt)));
  };
}
