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
import { FairQueue, type FairQueueLimits } from "./fair-queue.ts";
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
  /** Checks once per account that events can be logged. */
  readonly checkWritable: (account: string) => Promise<void>;
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
    const { account, events, resend, recovery } = received.content;
    const [subscriptionsOfAccount, logged] = await Promise.all([
      run.subscriptionsOf(account),
      isMaybeLogged(received, clock.now()) ? log.find(account, idsOf(events)) : new Map<string, LoggedEvent>(),
    ]);
    // Received again and not logged: perhaps nothing could be written. While that lasts, each receive would POST.
    if (isReceivedAgain(received, clock.now()) && logged.size < events.length) await run.checkWritable(account);
    const windows = subscriptionsOfAccount.endpoints.map(({ id, group }) => [id, group?.windowMs ?? 0] as const);
    const subscribed = { ...subscriptionsOfAccount, windowMsOf: new Map(windows) };
    if (resend !== undefined && isDispatched(subscribed.account, resend.at))
      for (const { endpoint, type } of await applyResend(ports, resend)) {
        noteBackup(endpoint, subscribed, run);
        run.results.addParked(endpoint, resend.at, type);
      }
    if (recovery !== undefined) {
      const { deadlineAt } = run;
      const own = (results: BatchResults) => writeResults(results, deadlineAt);
      await ports.runRecoveryStep(ports, recovery.id, { ...subscriptionsOfAccount, deadlineAt, writeResults: own });
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
    const queues = new AccountQueues(batch);
    const run: Run = {
      deadlineAt,
      subscriptionsOf: subscriptions(),
      checkWritable: oncePerAccount((account) => log.checkWritable(account)),
      results: new BatchResults(),
      fairQueueOf: (account) => queues.of(account),
      recording: new FairQueue({ perKey: RECORDING_MAX, total: RECORDING_MAX }),
      recordingPorts: { ...ports, log: collectingLog(log, logged) },
    };
    const dispatched = await Promise.allSettled(
      batch.map((received) => dispatchMessage(received, run).finally(() => queues.done(received.content.account))),
    );
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
function isMaybeLogged(received: Received, now: number): boolean {
  const { events, isAgain = false } = received.content;
  return isAgain || events.some(({ source }) => source === "rappel") || isReceivedAgain(received, now);
}

function isReceivedAgain({ content: { events }, receives }: Received, now: number): boolean {
  return receives > 1 || events.some(({ acceptedAt }) => acceptedAt < now - OLD_MS);
}

function oncePerAccount(check: (account: string) => Promise<void>): (account: string) => Promise<void> {
  const begun = new Map<string, Promise<void>>();
  return (account) => {
    const checked = begun.get(account) ?? check(account);
    begun.set(account, checked);
    return checked;
  };
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

/**
 * A queue for each account of a batch. Accounts with work left have equal shares of the POSTs in flight: an account whose
 * URLs are all slow delays only itself, and what an account no longer needs goes to the others.
 */
class AccountQueues {
  readonly #messagesLeft = new Map<string, number>();
  readonly #queues = new Map<string, FairQueue>();

  constructor(batch: readonly Received[]) {
    for (const { content } of batch)
      this.#messagesLeft.set(content.account, 1 + (this.#messagesLeft.get(content.account) ?? 0));
  }

  of(account: string): FairQueue {
    const queue = this.#queues.get(account) ?? new FairQueue(this.#limits());
    this.#queues.set(account, queue);
    return queue;
  }

  /** A message of the account is done. */
  done(account: string): void {
    const left = (this.#messagesLeft.get(account) ?? 1) - 1;
    if (left > 0) this.#messagesLeft.set(account, left);
    else {
      this.#messagesLeft.delete(account);
      for (const queue of this.#queues.values()) queue.beginWhatFits();
    }
  }

  #limits(): FairQueueLimits {
    const left = this.#messagesLeft;
    return {
      perKey: LIMITS.inFlightPerEndpoint,
      get total() {
        return Math.min(LIMITS.inFlightPerAccount, Math.floor(LIMITS.inFlight / Math.max(1, left.size)));
      },
    };
  }
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
