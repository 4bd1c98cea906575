import { isDispatched } from "../accounts/model/account.ts";
import { backupsOf } from "../endpoints/model/backup.ts";
import type { Event } from "../events/model/event.ts";
import type { EventLog, EventMessage } from "../ports/events.ts";
import { LIMITS } from "../shared/limits.ts";
import { keptUntil } from "../shared/retention.ts";
import { waitForAll } from "../shared/wait-for-all.ts";
import type { CountEvents } from "../stats/count-events.ts";
import { batchResultsWriter } from "./apply-batch-results.ts";
import { applyResend } from "./apply-resend.ts";
import { type Attempting, attemptEvent } from "./attempt-event.ts";
import { BatchResults } from "./batch-results.ts";
import type { DeliveryPorts, DispatchPorts } from "./delivery-ports.ts";
import { endpointStateCache } from "./endpoint-state-cache.ts";
import { FairQueue } from "./fair-queue.ts";
import { type Subscriptions, type SubscriptionsOf, subscriptionsReader } from "./load-subscriptions.ts";
import type { LoggedEvent } from "./model/delivery.ts";
import { recordFirstAttempts, restorePending } from "./record-first-attempts.ts";

/** A message from the queue. */
export interface Received {
  readonly content: EventMessage;
  /** 1 for the first receive. */
  readonly receives: number;
}

/** Shared by all messages of one invocation. */
interface Run extends Attempting {
  readonly subscriptionsOf: SubscriptionsOf;
  readonly recording: FairQueue;
  /** The same ports, with a log that collects the events it adds. */
  readonly recordingPorts: DeliveryPorts;
}

/** The account of a message, its endpoints, and how long each of them gathers events for a group, ms. */
interface Subscribed extends Subscriptions {
  readonly windowMsOf: ReadonlyMap<string, number>;
}

// Ours: events recorded at the same time, fewer than the SDK's 50 sockets.
const RECORDING_MAX = 32;
// A message this old may have been handled before: as a copy, or before a redrive from the dead-letter queue.
const OLD_MS = 60_000;

/**
 * Makes first attempts: POSTs each event once to every endpoint that subscribes to it, records the results, and updates
 * each endpoint's state. Nothing is retried here: a failed delivery joins its endpoint's backlog.
 * @param countEvents called with the events that a batch has logged for the first time
 * @returns for each message whether it is done; the others must be received again
 */
export function dispatcher(
  ports: DispatchPorts,
  countEvents: CountEvents = async () => {},
): (batch: readonly Received[], deadlineAt: number) => Promise<boolean[]> {
  const { clock, log, report } = ports;
  const subscriptions = subscriptionsReader(ports);
  const cache = endpointStateCache(ports);
  const writeResults = batchResultsWriter(ports, cache);

  async function dispatchMessage(received: Received, run: Run): Promise<void> {
    const { account, events, resend } = received.content;
    const [subscriptionsOfAccount, logged] = await Promise.all([
      run.subscriptionsOf(account),
      isMaybeLogged(received, clock.now()) ? log.find(account, idsOf(events)) : new Map<string, LoggedEvent>(),
    ]);
    const windows = subscriptionsOfAccount.endpoints.map(({ id, group }) => [id, group?.windowMs ?? 0] as const);
    const subscribed = { ...subscriptionsOfAccount, windowMsOf: new Map(windows) };
    if (resend !== undefined && isDispatched(subscribed.account, resend.at))
      for (const { endpoint, type } of await applyResend(ports, resend)) {
        noteBackup(endpoint, subscribed, run);
        run.results.addParked(endpoint, resend.at, type);
      }
    // Wait until nothing of the message is in progress any more.
    await waitForAll(events.map((event) => dispatchEvent(event, logged.get(event.id), subscribed, run)));
  }

  async function dispatchEvent(
    event: Event,
    earlier: LoggedEvent | undefined,
    subscribed: Subscribed,
    run: Run,
  ): Promise<void> {
    const { account, endpoints } = subscribed;
    if (!isDispatched(account, event.acceptedAt)) return;
    if (earlier !== undefined) return dispatchAgain(earlier, subscribed, run);
    const tried = await attemptEvent(ports, cache, event, endpoints, run);
    // A few at a time: a batch can hold 250 events, and each write in progress takes memory.
    const parked = await run.recording.run(
      event.account,
      () => true,
      () => recordFirstAttempts(run.recordingPorts, event, tried, keptUntil(event.acceptedAt, account.retentionDays)),
    );
    for (const { endpoint, onBehalfOf } of tried)
      if (onBehalfOf !== undefined && parked?.[endpoint.id] !== undefined)
        run.results.noteOnBehalfOf(endpoint.id, onBehalfOf);
    addParked(event.type, parked ?? {}, subscribed, run);
  }

  /** The event is already logged: it is not sent again, but a crash may have lost its pending deliveries. */
  async function dispatchAgain(earlier: LoggedEvent, subscribed: Subscribed, run: Run): Promise<void> {
    for (const endpoint of Object.keys(earlier.parked)) {
      noteBackup(endpoint, subscribed, run);
      const onBehalfOf = earlier.onBehalfOf?.[endpoint];
      if (onBehalfOf !== undefined) run.results.noteOnBehalfOf(endpoint, onBehalfOf);
    }
    addParked(earlier.type, await restorePending(ports, earlier), subscribed, run);
  }

  return async (batch, deadlineAt) => {
    const logged: LoggedEvent[] = [];
    const run: Run = {
      deadlineAt,
      subscriptionsOf: subscriptions(),
      results: new BatchResults(),
      fairQueueOf: fairQueues(batch),
      recording: new FairQueue({ perKey: RECORDING_MAX, total: RECORDING_MAX }),
      recordingPorts: { ...ports, log: collectingLog(log, logged) },
    };
    const dispatched = await Promise.allSettled(batch.map((received) => dispatchMessage(received, run)));
    // A batch is done when its results are written. Received again, its events are logged already and not sent twice.
    const written = await Promise.allSettled([writeResults(run.results, deadlineAt), countEvents(logged)]);
    return dispatched.map((message, i) => {
      const failed = [message, ...written].find((result) => result.status === "rejected");
      if (failed !== undefined) report.messageFailed(batch[i]?.content.account ?? "", failed.reason);
      return failed === undefined;
    });
  };
}

/** Two functions that saw the same change can publish an operational webhook twice, with the same id. */
function isMaybeLogged({ content: { events, isAgain = false }, receives }: Received, now: number): boolean {
  const isOperational = events.some(({ source }) => source === "rappel");
  return isAgain || isOperational || receives > 1 || events.some(({ acceptedAt }) => acceptedAt < now - OLD_MS);
}

function idsOf(events: readonly Event[]): string[] {
  return events.map(({ id }) => id);
}

function noteBackup(endpoint: string, { endpoints }: Subscriptions, { results }: Run): void {
  if (backupsOf(endpoint, endpoints).length > 0) results.noteBackup(endpoint);
}

function addParked(type: string, parked: LoggedEvent["parked"], { windowMsOf }: Subscribed, { results }: Run): void {
  for (const [id, { dueAt, at }] of Object.entries(parked))
    results.addParked(id, (dueAt ?? at) + (windowMsOf.get(id) ?? 0), type);
}

/** A queue for each account, each with an equal share: an account whose URLs are all slow delays only itself. */
function fairQueues(batch: readonly Received[]): (account: string) => FairQueue {
  const accounts = [...new Set(batch.map(({ content }) => content.account))];
  const total = Math.min(LIMITS.inFlightPerAccount, Math.floor(LIMITS.inFlight / Math.max(1, accounts.length)));
  const newQueue = () => new FairQueue({ perKey: LIMITS.inFlightPerEndpoint, total });
  const queues = new Map(accounts.map((account) => [account, newQueue()]));
  return (account) => queues.get(account) ?? newQueue();
}

/** A log that collects the events that were not in it before. */
function collectingLog(log: EventLog, added: LoggedEvent[]): EventLog {
  return {
    ...log,
    async add(event) {
      const earlier = await log.add(event);
      if (earlier === undefined) added.push(event);
      return earlier;
    },
  };
}
