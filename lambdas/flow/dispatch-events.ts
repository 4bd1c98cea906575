import type { LoggedEvent } from "../core/delivery.ts";
import { isSendable, isSuccess } from "../core/endpoint.ts";
import { type Event, isWanted } from "../core/event.ts";
import { failedAttempt } from "../core/failed-attempt.ts";
import type { Tried } from "../core/first-attempt.ts";
import { LIMITS } from "../core/limits.ts";
import { webhookFor } from "../core/webhook.ts";
import type { Clock, Courier, Deliveries, Endpoints, EventLog, Log, Pack, States, Timer } from "../ports.ts";
import { knownStates } from "./known-states.ts";
import { Lanes } from "./lanes.ts";
import { Lessons, teacher } from "./lessons.ts";
import { type RecipientsOf, recipientsReader } from "./recipients.ts";
import { repark, settleEvent } from "./settle-event.ts";

interface World {
  readonly clock: Clock;
  readonly endpoints: Endpoints;
  readonly states: States;
  readonly log: EventLog;
  readonly deliveries: Deliveries;
  readonly courier: Courier;
  readonly report: Log;
  readonly timer: Timer;
}

/** A pack as the queue handed it over. */
export interface Received {
  readonly content: Pack;
  /** 1 the first time. */
  readonly receives: number;
}

/** What one invocation shares. */
interface Run {
  readonly deadlineAt: number;
  readonly recipientsOf: RecipientsOf;
  readonly lessons: Lessons;
  readonly lanes: Lanes;
  readonly settling: Lanes;
}

// What is left of a function's time once its last POST has ended: room to settle a full batch.
const SETTLE_MS = 5_000;
// Events settled at a time: fewer than the SDK's 50 sockets. Ours.
const SETTLING_MAX = 32;
// A message this old may have been tried before: by a copy, or before it was redriven from the dead-letter queue.
const OLD_MS = 60_000;

/**
 * Makes first attempts: POSTs each event once to every endpoint that wants it, writes down how it went, and tells each
 * endpoint's state. Nothing is tried again here: what was not delivered waits in its endpoint's backlog.
 * @returns for each pack whether it is settled; one that is not must be received again
 */
export function dispatcher(world: World): (batch: readonly Received[], deadlineAt: number) => Promise<boolean[]> {
  const { clock, courier, log, report } = world;
  const recipients = recipientsReader(world);
  const known = knownStates(world);
  const teach = teacher(world, known);

  async function tryOnce(
    event: Event,
    endpoint: Tried["endpoint"],
    { lanes, lessons, deadlineAt }: Run,
  ): Promise<Tried> {
    const isInTime = () => clock.now() + endpoint.timeoutMs + SETTLE_MS <= deadlineAt;
    const attempt = await lanes.run(endpoint.id, isInTime, async () => {
      // A state that cannot be read now must not undo what the event's other endpoints got: this one's delivery waits.
      const state = await known.stateOf(endpoint.id).catch(() => undefined);
      if (state === undefined || !isSendable(state, clock.now())) return undefined;
      const webhook = webhookFor(endpoint, event, clock.now());
      return courier.post(webhook, (status) => isSuccess(endpoint.success, status));
    });
    if (attempt === undefined) return { endpoint, attempt };
    lessons.tried(endpoint.id, attempt); // as each ends: an event's other endpoints may be slow
    if (attempt.outcome !== "success") report.attemptFailed(failedAttempt(event, endpoint.id, attempt));
    return { endpoint, attempt };
  }

  async function dispatchPack({ content, receives }: Received, run: Run): Promise<void> {
    const { account, events } = content;
    const isMaybeKnown = receives > 1 || events.some(({ acceptedAt }) => acceptedAt < clock.now() - OLD_MS);
    const [endpoints, known] = await Promise.all([
      run.recipientsOf(account),
      isMaybeKnown
        ? log.find(
            account,
            events.map(({ id }) => id),
          )
        : new Map(),
    ]);
    const dispatchEvent = async (event: Event) => {
      const earlier = known.get(event.id);
      if (earlier !== undefined) {
        return noteParked(await repark(world, earlier), run);
      }
      const wanting = endpoints.filter(({ eventTypes }) => isWanted(eventTypes, event.type));
      const tried = await Promise.all(wanting.map((endpoint) => tryOnce(event, endpoint, run)));
      // A few at a time: a batch can hold 250 events, and each write under way takes memory until it is done.
      const parked = await run.settling.run(
        event.account,
        () => true,
        () => settleEvent(world, event, tried),
      );
      return noteParked(parked ?? {}, run);
    };
    const noteParked = (parked: LoggedEvent["parked"], { lessons }: Run) => {
      for (const [endpoint, { dueAt, at }] of Object.entries(parked)) lessons.parked(endpoint, dueAt ?? at);
    };
    // All are waited for, whatever one does: a pack is judged when nothing of it is under way any more.
    const settled = await Promise.allSettled(events.map(dispatchEvent));
    const failed = settled.find((one) => one.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  return async (batch, deadlineAt) => {
    const run = {
      deadlineAt,
      recipientsOf: recipients(),
      lessons: new Lessons(),
      lanes: new Lanes({ perLane: LIMITS.inFlightPerEndpoint, inAll: LIMITS.inFlight }),
      settling: new Lanes({ perLane: SETTLING_MAX, inAll: SETTLING_MAX }),
    };
    const settled = await Promise.allSettled(batch.map((received) => dispatchPack(received, run)));
    // Without its lessons a batch is not settled; received again, it finds its events logged and POSTs none of them twice.
    const taught = await Promise.allSettled([teach(run.lessons.all)]);
    return settled.map((pack, i) => {
      const failed = [pack, ...taught].find((one) => one.status === "rejected");
      if (failed !== undefined) report.packFailed(batch[i]?.content.account ?? "", failed.reason);
      return failed === undefined;
    });
  };
}
