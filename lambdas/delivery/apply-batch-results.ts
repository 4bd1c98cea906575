import { noLongerQuiet } from "../endpoints/model/announcements.ts";
import type { Endpoint } from "../endpoints/model/endpoint.ts";
import { nextTransition, type Observed } from "../endpoints/model/endpoint-policy.ts";
import { type EndpointState, isPublishingOverdue } from "../endpoints/model/endpoint-state.ts";
import { applied, type BatchResult, changeFor, returnRequested } from "../endpoints/model/endpoint-state-changes.ts";
import { stagesOf } from "../endpoints/model/preset.ts";
import { isWaitingForRound } from "../endpoints/model/wake-up.ts";
import { scheduleWakeUp, wakeNow } from "../endpoints/schedule-wake-up.ts";
import { publishStatusEvents } from "../notifications/publish-status-events.ts";
import { LIMITS } from "../shared/limits.ts";
import { waitForAll } from "../shared/wait-for-all.ts";
import type { BatchResults } from "./batch-results.ts";
import type { DispatchPorts } from "./delivery-ports.ts";
import type { EndpointStateCache } from "./endpoint-state-cache.ts";

/** A state, and whether this function has changed it and must publish that. */
interface Changed {
  readonly state: EndpointState;
  readonly isOurs: boolean;
}

/** Writes a batch's results to the endpoints' states, and schedules a wake-up for each whose backlog grew. */
export function batchResultsWriter(
  ports: DispatchPorts,
  cache: EndpointStateCache,
): (results: BatchResults, deadlineAt: number) => Promise<void> {
  const { clock, states } = ports;

  /** A success of a healthy endpoint, or a loop, is written at most every 5 minutes. */
  async function isWorthAWrite({ endpoint, parked, failures, okAt = 0, loopAt = 0 }: BatchResult): Promise<boolean> {
    if (parked > 0 || failures > 0) return true;
    if (okAt === 0 && loopAt === 0) return false;
    const state = await cache.stateOf(endpoint);
    if (state === undefined) return false;
    const { streak, lastOkAt = 0, lastLoopAt = 0 } = state;
    const everyMs = LIMITS.lastSuccessEverySeconds * 1000;
    return (okAt > 0 && streak > 0) || okAt - lastOkAt > everyMs || loopAt - lastLoopAt > everyMs;
  }

  async function apply(result: BatchResult, endpoint: Endpoint | undefined, deadlineAt: number): Promise<void> {
    if (!(await isWorthAWrite(result))) return;
    const updated = await states.update(result.endpoint, applied(result));
    cache.forget(result.endpoint);
    if (updated === undefined) return cancelJoined(result, deadlineAt);
    const broken = await breakSilence(updated.state, result);
    const { state, isOurs } = await transition(broken.state, result, endpoint);
    if (await isMoveBackDue(result)) await wakeNow(ports, result.endpoint, returnRequested(clock.now()));
    if (result.hasBackup && state.status === "suspended") await wakeNow(ports, state.endpoint);
    else if (result.dueAt !== undefined) await scheduleWakeUp(ports, state, result.dueAt);
    // The function that made a change publishes it. Another function's change is published here only if it is overdue.
    if (broken.isOurs || isOurs || isPublishingOverdue(state, clock.now())) await publishStatusEvents(ports, state);
  }

  /** A failing endpoint that had only operational webhooks gets other events now. */
  async function breakSilence(state: EndpointState, { hasOwnParked = false }: BatchResult): Promise<Changed> {
    const what = hasOwnParked ? noLongerQuiet(state, clock.now()) : undefined;
    const updated = what && (await states.update(state.endpoint, what));
    return { state: updated?.state ?? state, isOurs: updated?.isDone === true };
  }

  /** The endpoint was deleted and its state removed: no round would ever cancel deliveries that joined its backlog since. */
  async function cancelJoined({ endpoint, dueAt }: BatchResult, deadlineAt: number): Promise<void> {
    if (dueAt === undefined) return;
    if (await ports.cancelBacklog(ports, endpoint, deadlineAt - LIMITS.recordingMs / 2)) return;
    throw new Error(
      `Cannot cancel the deliveries that joined the backlog of ${endpoint} after its deletion: out of time`,
    );
  }

  /** Whether deliveries joined on behalf of an endpoint that is no longer suspended, because dispatch's cached state was old. */
  async function isMoveBackDue({ onBehalfOf = [] }: BatchResult): Promise<boolean> {
    const mains = onBehalfOf.length === 0 ? [] : [...(await states.read(onBehalfOf)).values()];
    return mains.some(({ status }) => status !== "suspended" && status !== "deleted");
  }

  /** Carries out the policy's decision on the results. */
  async function transition(
    state: EndpointState,
    { isGone = false, notBefore = 0 }: BatchResult,
    endpoint: Endpoint | undefined,
  ): Promise<Changed> {
    if (endpoint === undefined) return { state, isOurs: false }; // nothing was sent there
    const now = clock.now();
    const retryAfterMs = Math.max(0, notBefore - now);
    // First attempts: each of these deliveries has failed once.
    const observed: Observed = { by: "traffic", isGone, retryAfterMs, failures: { attemptIndex: 1, retryAfterMs } };
    const rules = { schedule: stagesOf(endpoint.retrySchedule), earlyProbeMs: ports.earlyProbeMs };
    const change = changeFor(state, nextTransition(state, observed, rules, now), now);
    if (change === undefined) return { state, isOurs: false };
    const updated = await states.update(state.endpoint, change);
    return { state: updated?.state ?? state, isOurs: updated?.isDone === true };
  }

  /**
   * The endpoints whose state need not be written: their deliveries only joined a backlog that waits for a round. The state
   * is read after the backlog was written, and no round is running: the round that is scheduled begins later and reads
   * them. One read replaces a write for each of an account's failing endpoints.
   */
  async function waitingForRound(all: readonly BatchResult[]): Promise<ReadonlySet<string>> {
    const joined = all.filter(hasOnlyJoined);
    if (joined.length === 0) return new Set();
    const now = clock.now();
    const found = await states.read(joined.map(({ endpoint }) => endpoint));
    const waiting = joined.filter(({ endpoint, dueAt = now }) => {
      const state = found.get(endpoint);
      return state !== undefined && isWaitingForRound(state, dueAt, now);
    });
    return new Set(waiting.map(({ endpoint }) => endpoint));
  }

  return async (results, deadlineAt) => {
    const waiting = await waitingForRound(results.all);
    const changed = results.all.filter(({ endpoint }) => !waiting.has(endpoint));
    await waitForAll(changed.map((result) => apply(result, results.endpointOf(result), deadlineAt)));
  };
}

/** Whether nothing was observed of the endpoint. */
function hasOnlyJoined({ parked, failures, okAt, loopAt, notBefore, hasBackup, onBehalfOf }: BatchResult): boolean {
  const observed = [okAt, loopAt, notBefore, hasBackup, onBehalfOf];
  return parked > 0 && failures === 0 && observed.every((value) => value === undefined);
}
