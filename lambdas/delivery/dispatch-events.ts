import { isDispatched } from "../accounts/model/account.ts";
import { backupsOf } from "../endpoints/model/backup.ts";
import type { Endpoint } from "../endpoints/model/endpoint.ts";
import { isHeldForLong, isSendable } from "../endpoints/model/endpoint-state.ts";
import { isSuccess } from "../endpoints/model/success-rule.ts";
import type { Event } from "../events/model/event.ts";
import type { EventLog, Pack } from "../ports/events.ts";
import { LIMITS } from "../shared/limits.ts";
import { keptUntil } from "../shared/retention.ts";
import type { CountEvents } from "../stats/count-events.ts";
import { applyResend } from "./apply-resend.ts";
import { Lessons, SETTLE_MS, teacher } from "./batch-results.ts";
import { makeWebhook } from "./build-webhook.ts";
import type { DeliveringWorld } from "./delivery-ports.ts";
import { knownStates } from "./endpoint-state-cache.ts";
import { Lanes } from "./fair-queue.ts";
import { type RecipientsOf, recipientsReader } from "./load-subscriptions.ts";
import type { LoggedEvent } from "./model/delivery.ts";
import { failedAttempt } from "./model/failed-attempt.ts";
import type { Tried } from "./model/first-attempt.ts";
import { repark, settleEvent } from "./record-first-attempts.ts";
import { type Receiver, receiversOf } from "./select-endpoints.ts";

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
  /** The same world, whose log notes what it has written down for the first time. */
  readonly settlingWorld: DeliveringWorld;
}

// Events settled at a time: fewer than the SDK's 50 sockets. Ours.
const SETTLING_MAX = 32;
// A message this old may have been tried before: by a copy, or before it was redriven from the dead-letter queue.
const OLD_MS = 60_000;
// How long a first attempt waits for its slot of a limited rate; beyond, it joins the backlog. Ours.
const SLOT_HORIZON_MS = 1_000;

/**
 * Makes first attempts: POSTs each event once to every endpoint that wants it, writes down how it went, and tells each
 * endpoint's state. Nothing is tried again here: what was not delivered waits in its endpoint's backlog.
 * @param countEvents is told what a batch has logged for the first time, when all of it is
 * @returns for each pack whether it is settled; one that is not must be received again
 */
export function dispatcher(
  world: DeliveringWorld,
  countEvents: CountEvents = async () => {},
): (batch: readonly Received[], deadlineAt: number) => Promise<boolean[]> {
  const { clock, courier, log, report } = world;
  const recipients = recipientsReader(world);
  const known = knownStates(world);
  const teach = teacher(world, known);

  async function tryOnce(
    event: Event,
    { endpoint, insteadOf, isBackedUp = false }: Receiver,
    { lanes, lessons, deadlineAt }: Run,
  ): Promise<Tried> {
    const target = { endpoint, ...(insteadOf !== undefined && { insteadOf }) };
    if (isBackedUp) lessons.backedUp(endpoint.id);
    if (endpoint.group !== undefined) return { ...target, isWithheld: await isHeldBack(endpoint) };
    const isInTime = () => clock.now() + endpoint.timeoutMs + SETTLE_MS <= deadlineAt;
    const tried = await lanes.run(endpoint.id, isInTime, async () => {
      // A state that cannot be read now must not undo what the event's other endpoints got: this one's delivery waits.
      const state = await known.stateOf(endpoint.id).catch(() => undefined);
      if (state === undefined) return undefined;
      if (isHeldForLong(state, clock.now())) return { ...target, isWithheld: true };
      if (!isSendable(state, clock.now()) || !(await hasTurn(endpoint)) || !isInTime()) return undefined;
      if (lessons.isEnough(endpoint.id, clock.now())) return undefined;
      const webhook = await makeWebhook(world, endpoint, [event]);
      const attempt = await courier.post(webhook, (status) => isSuccess(endpoint.success, status));
      lessons.tried(endpoint, attempt); // before the lane's next begins: this may be the failure that stops it
      if (attempt.outcome !== "success") report.attemptFailed(failedAttempt([event], endpoint.id, attempt, 0));
      return { ...target, attempt };
    });
    return tried ?? target;
  }

  /** What is sent in groups waits for its endpoint's round, which makes them, unless nothing will ever be sent there. */
  async function isHeldBack({ id }: Endpoint): Promise<boolean> {
    const state = await known.stateOf(id).catch(() => undefined);
    return state !== undefined && isHeldForLong(state, clock.now());
  }

  /** Waits for its slot, where the endpoint limits its rate. One that cannot be had soon is left to the rounds. */
  async function hasTurn({ id, rateLimit }: Tried["endpoint"]): Promise<boolean> {
    if (rateLimit === undefined) return true;
    const slot = await world.pacer.slot(id, rateLimit, clock.now(), SLOT_HORIZON_MS).catch(() => undefined);
    if (!slot?.isTaken) return false;
    await clock.sleep(Math.max(0, slot.at - clock.now()));
    return true;
  }

  async function dispatchPack({ content, receives }: Received, run: Run): Promise<void> {
    const { account, events, isAgain = false, resend } = content;
    // What Rappel tells of itself may be told twice, under one id, by two functions that saw the same change.
    const isMaybeTold = events.some(({ source }) => source === "rappel");
    const isMaybeKnown =
      isAgain || isMaybeTold || receives > 1 || events.some(({ acceptedAt }) => acceptedAt < clock.now() - OLD_MS);
    const [recipients, logged] = await Promise.all([
      run.recipientsOf(account),
      isMaybeKnown
        ? log.find(
            account,
            events.map(({ id }) => id),
          )
        : new Map(),
    ]);
    const { endpoints, account: owner } = recipients;
    const noteBackups = (endpoint: string) => {
      if (backupsOf(endpoint, endpoints).length > 0) run.lessons.backedUp(endpoint);
    };
    if (resend !== undefined && isDispatched(owner, resend.at))
      for (const endpoint of await applyResend(world, resend)) {
        noteBackups(endpoint);
        run.lessons.parked(endpoint, resend.at);
      }
    const dispatchEvent = async (event: Event) => {
      if (!isDispatched(owner, event.acceptedAt)) return;
      const earlier = logged.get(event.id);
      if (earlier !== undefined) {
        for (const endpoint of Object.keys(earlier.parked)) {
          noteBackups(endpoint);
          const insteadOf = earlier.insteadOf?.[endpoint];
          if (insteadOf !== undefined) run.lessons.stoodIn(endpoint, insteadOf);
        }
        return noteParked(await repark(world, earlier), run);
      }
      const receivers = await receiversOf(event, endpoints, known);
      const tried = await Promise.all(receivers.map((receiver) => tryOnce(event, receiver, run)));
      // A few at a time: a batch can hold 250 events, and each write under way takes memory until it is done.
      const settled = await run.settling.run(
        event.account,
        () => true,
        () => settleEvent(run.settlingWorld, event, tried, keptUntil(event.acceptedAt, owner.retentionDays)),
      );
      const parked = settled ?? {};
      for (const { endpoint, insteadOf } of tried)
        if (insteadOf !== undefined && parked[endpoint.id] !== undefined) run.lessons.stoodIn(endpoint.id, insteadOf);
      return noteParked(parked, run);
    };
    const windows = new Map(endpoints.map(({ id, group }) => [id, group?.windowMs ?? 0]));
    const noteParked = (parked: LoggedEvent["parked"], { lessons }: Run) => {
      for (const [endpoint, { dueAt, at }] of Object.entries(parked))
        lessons.parked(endpoint, (dueAt ?? at) + (windows.get(endpoint) ?? 0));
    };
    // All are waited for, whatever one does: a pack is judged when nothing of it is under way any more.
    const settled = await Promise.allSettled(events.map(dispatchEvent));
    const failed = settled.find((one) => one.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  return async (batch, deadlineAt) => {
    const logged: LoggedEvent[] = [];
    const run = {
      deadlineAt,
      recipientsOf: recipients(),
      lessons: new Lessons(),
      lanes: new Lanes({ perLane: LIMITS.inFlightPerEndpoint, inAll: LIMITS.inFlight }),
      settling: new Lanes({ perLane: SETTLING_MAX, inAll: SETTLING_MAX }),
      settlingWorld: { ...world, log: notingLog(log, logged) },
    };
    const settled = await Promise.allSettled(batch.map((received) => dispatchPack(received, run)));
    // Without its lessons a batch is not settled; received again, it finds its events logged and POSTs none of them twice.
    const taught = await Promise.allSettled([teach(run.lessons, deadlineAt), countEvents(logged)]);
    return settled.map((pack, i) => {
      const failed = [pack, ...taught].find((one) => one.status === "rejected");
      if (failed !== undefined) report.packFailed(batch[i]?.content.account ?? "", failed.reason);
      return failed === undefined;
    });
  };
}

/** Notes what was not in the log before. */
function notingLog(log: EventLog, noted: LoggedEvent[]): EventLog {
  return {
    ...log,
    async add(event) {
      const earlier = await log.add(event);
      if (earlier === undefined) noted.push(event);
      return earlier;
    },
  };
}
