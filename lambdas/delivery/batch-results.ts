import type { Endpoint } from "../endpoints/model/endpoint.ts";
import { shouldStopSending } from "../endpoints/model/endpoint-policy.ts";
import type { BatchResult } from "../endpoints/model/endpoint-state-changes.ts";
import { isOperational } from "../events/model/operational-types.ts";
import { type Attempt, isGone, isLoop, requestedWaitMs } from "./model/attempt.ts";

/** The results of a batch by endpoint, collected so that each state is written at most once per batch. */
export class BatchResults {
  readonly #byEndpoint = new Map<string, BatchResult>();
  readonly #tried = new Map<string, Endpoint>();

  /** Adds an attempt. Call it when the attempt ends: the order decides how long a streak of failures is. */
  addAttempt(endpoint: Endpoint, attempt: Attempt, type: string): void {
    const { id } = endpoint;
    this.#tried.set(id, endpoint);
    const before = this.#of(id);
    const endedAt = attempt.startedAt + attempt.durationMs;
    if (isLoop(attempt)) {
      this.#byEndpoint.set(id, { ...before, loopAt: endedAt });
      return;
    }
    if (attempt.outcome === "success") {
      const { ownFailureAt: _, ...others } = before;
      this.#byEndpoint.set(id, { ...others, failures: 0, okAt: endedAt });
      return;
    }
    const notBefore = endedAt + requestedWaitMs([attempt], endedAt);
    const isLater = notBefore > Math.max(endedAt, before.notBefore ?? 0);
    this.#byEndpoint.set(id, {
      ...before,
      failures: before.failures + 1,
      ...(!isOperational(type) && { ownFailureAt: endedAt }),
      ...(isLater && { notBefore }),
      ...(isGone(attempt) && { isGone: true }),
    });
  }

  /** Adds a delivery that joined the backlog. Call it after that was written. */
  addParked(endpoint: string, dueAt: number, type: string): void {
    const before = this.#of(endpoint);
    const earliest = Math.min(before.dueAt ?? dueAt, dueAt);
    this.#byEndpoint.set(endpoint, {
      ...before,
      parked: before.parked + 1,
      dueAt: earliest,
      ...(!isOperational(type) && { hasOwnParked: true }),
    });
  }

  /** Notes that a delivery joined the endpoint's backlog on behalf of another endpoint. */
  noteOnBehalfOf(endpoint: string, onBehalfOf: string): void {
    const before = this.#of(endpoint);
    this.#byEndpoint.set(endpoint, { ...before, onBehalfOf: [...new Set([...(before.onBehalfOf ?? []), onBehalfOf])] });
  }

  /** Notes that the endpoint has a backup. Call it before anything joins its backlog. */
  noteBackup(endpoint: string): void {
    this.#byEndpoint.set(endpoint, { ...this.#of(endpoint), hasBackup: true });
  }

  /** Whether this batch must stop sending to an endpoint. At its end it writes the state for other functions. */
  shouldStopSending(endpoint: string, now: number): boolean {
    const { failures, notBefore, isGone: hasGone = false } = this.#of(endpoint);
    return shouldStopSending({ failures, notBefore, isGone: hasGone }, now);
  }

  get all(): readonly BatchResult[] {
    return [...this.#byEndpoint.values()];
  }

  /** The endpoint of a result, if this batch has made an attempt. */
  endpointOf({ endpoint }: BatchResult): Endpoint | undefined {
    return this.#tried.get(endpoint);
  }

  #of(endpoint: string): BatchResult {
    return this.#byEndpoint.get(endpoint) ?? { endpoint, parked: 0, failures: 0 };
  }
}
