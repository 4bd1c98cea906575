import { dispatcher } from "../../lambdas/delivery/dispatch-events.ts";
import { newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import type { Event } from "../../lambdas/events/model/event.ts";
import type { Wake } from "../../lambdas/ports/endpoints.ts";
import type { EventMessage } from "../../lambdas/ports/events.ts";
import { sweep } from "../../lambdas/retry/resend-overdue-wake-ups.ts";
import { retryRoundRunner } from "../../lambdas/retry/run-retry-round.ts";
import { newId } from "../../lambdas/shared/ids.ts";
import { Checker } from "./checks/checker.ts";
import { Chance } from "./faults.ts";
import { Environment, type Machine } from "./function.ts";
import type { Mutant } from "./mutants.ts";
import { Operators } from "./operator.ts";
import { type Plan, planFor, withBackups, withGroups } from "./plan.ts";
import { Producers } from "./producers.ts";
import { SimulatedQueue } from "./queue.ts";
import { Receivers } from "./receivers.ts";
import { SimulatedScheduler } from "./timer.ts";
import { VirtualTime } from "./virtual-time.ts";
import { emptyStores, type Universe, worldFor } from "./world.ts";

export interface Outcome {
  readonly seed: number;
  readonly kind: Plan["kind"];
  /** What must never be true and was; empty when all went well. */
  readonly violations: readonly string[];
  readonly events: number;
  readonly posts: number;
  readonly duplicates: number;
  /** Most live schedules of one endpoint at a time. */
  readonly schedulesMost: number;
  /** How long each URL that came back was not found well again, ms: from its recovery to its first success. */
  readonly recoveriesMs: readonly number[];
  readonly faults: readonly string[];
  /** How often each fault has happened. */
  readonly happened: ReadonlyMap<string, number>;
  readonly trace: readonly string[];
}

const MINUTE_MS = 60_000;
const SETTLED_WITHIN_MS = 14 * 60 * MINUTE_MS; // two whole schedules of 5 h, one after the other, and some
const QUIET_PART = 0.15; // of seeds without any fault: what fails there fails by itself
const LATE_EVENTS = 12;
const LATE_REQUEST_MS = 10 * MINUTE_MS;

/** Whether some of its endpoints have a backup. */
const hasBackup = (seed: number) => seed % 7 === 6;

interface Options {
  readonly mutant?: Mutant;
  /** Whether to keep a trace. */
  readonly isVerbose?: boolean;
  /** Whether healthy events may never be exhausted for their neighbours' sake. */
  readonly isStrict?: boolean;
  /** Between fresh looks, instead of what the seed says; 0: none. */
  readonly earlyProbeMs?: number;
  /** Instead of what the seed says. */
  readonly kind?: "outage";
  /** Whether every event is on its queue at once, also where the seed has producers send it to accept. */
  readonly isDirect?: boolean;
}

/** Whether a seed's events come by way of accept. By its number, so that the others play as they did before there was that. */
const isByAccept = (seed: number) => seed % 4 === 3;
/** Whether some of a seed's endpoints group their events. */
const isGrouped = (seed: number) => seed % 5 === 4;

/** Plays one seed to its end: faults, then peace, then judgement. The same seed plays the same way, always. */
export async function simulate(
  seed: number,
  { mutant, isVerbose = false, isStrict = false, earlyProbeMs, kind, isDirect = false }: Options = {},
): Promise<Outcome> {
  const time = new VirtualTime();
  const chance = new Chance(seed, (random) => random() < QUIET_PART);
  const trace: string[] = [];
  const startedAt = time.now;
  const machine: Machine = {
    time,
    chance,
    trace: (line) =>
      void (isVerbose && trace.push(`${((time.now - startedAt) / 1000).toFixed(3).padStart(10)} ${line}`)),
  };
  const drawn = planFor(chance, time.now, kind);
  const backed = hasBackup(seed) && kind === undefined ? withBackups(drawn, chance, time.now) : drawn;
  const plan = isGrouped(seed) && kind === undefined ? withGroups(backed, chance) : backed;
  const receivers = new Receivers(machine);
  const checker = new Checker(machine, receivers.poisonous, isStrict);
  const events = { count: 0, late: 0 };

  const accept = (account: string, types: readonly string[]) => {
    if (producers !== undefined)
      return producers.send(
        account,
        types.map((type) => ({ type, payload: Buffer.from(`{"n":${++events.count}}`) })),
      );
    const pack = types.map((type) => eventOf(account, type));
    for (const event of pack) checker.accepted(event);
    machine.trace(`accepted ${pack.map(({ id }) => id)} of ${account}`);
    eventQueue.send({ account, events: pack });
  };
  const eventOf = (account: string, type: string): Event => {
    const id = newId("evt", time.now, chance.random);
    const n = ++events.count;
    if (chance.happens("events are poisonous")) receivers.poisonous.add(id);
    return {
      id,
      account,
      type,
      source: "api",
      acceptedAt: time.now,
      occurredAt: time.now,
      payload: Buffer.from(`{"n":${n}}`),
    };
  };

  const wakeQueue: SimulatedQueue<Wake> = new SimulatedQueue<Wake>(machine, {
    name: "wake",
    batchMax: 1,
    environmentsMax: 4,
    start: (environment) => {
      const run = retryRoundRunner(worldFor(universe, environment));
      return async ([message], deadlineAt) => {
        if (message !== undefined) await run(message.body, deadlineAt);
        return [true];
      };
    },
  });
  const eventQueue: SimulatedQueue<EventMessage> = new SimulatedQueue<EventMessage>(machine, {
    name: "dispatch",
    batchMax: 10,
    environmentsMax: 3,
    start: (environment) => {
      const dispatch = dispatcher(worldFor(universe, environment));
      return (messages, deadlineAt) =>
        dispatch(
          messages.map(({ body, receives }) => ({ content: body, receives })),
          deadlineAt,
        );
    },
    acknowledged: (pack) => checker.acknowledged(pack),
    copied: (pack) => checker.copied(pack.events),
    ...(mutant?.isAcknowledgedFirst && { isAcknowledgedFirst: true }),
  });
  const universe: Universe = {
    machine,
    stored: emptyStores(machine),
    checker,
    receivers,
    mutant,
    send: (pack) => eventQueue.send(pack),
    earlyProbeMs: earlyProbeMs ?? plan.earlyProbeMs,
    scheduler: new SimulatedScheduler(machine, (wake, delayMs) => wakeQueue.send(wake, delayMs)),
    // Events that join while a round is closing, and then nothing more.
    roundBegan: () => {
      if (plan.kind !== "silence" || time.now > plan.faultsEndAt || events.late >= LATE_EVENTS || chance.random() < 0.4)
        return;
      events.late++;
      time.after(chance.between(0, chance.callMs * 3), () => accept("acme", ["email.open"]));
    },
  };

  const producers =
    isByAccept(seed) && !isDirect && kind === undefined
      ? new Producers(universe, (event) => {
          if (chance.happens("events are poisonous")) receivers.poisonous.add(event.id);
          checker.accepted(event);
        })
      : undefined;

  for (const { endpoint, receiver } of plan.endpoints) {
    const state = newState(endpoint.id, endpoint.account, time.now);
    await universe.stored.endpoints.add(endpoint, state);
    checker.seen.endpoints.set(endpoint.id, endpoint);
    checker.stateWritten(state);
    receivers.listen(endpoint.url, receiver);
  }
  for (const { at, account, types } of plan.messages) time.at(at, () => accept(account, types));
  const operators = new Operators(universe, plan);
  operators.plan();
  if (!mutant?.isWithoutSweeper) sweepEveryMinute(universe, time.now + SETTLED_WITHIN_MS * 2);

  await time.run(plan.faultsEndAt);
  chance.isOver = true;
  machine.trace("PEACE");
  for (const afterMinutes of [0, 15, 60]) {
    time.after(afterMinutes * MINUTE_MS, () => {
      eventQueue.redrive();
      wakeQueue.redrive();
    });
  }
  time.after(1, () => operators.resumeAll());
  // Again, when the last slow request of an operator has surely been answered: a pause may have come behind the first.
  time.after(LATE_REQUEST_MS, () => operators.resumeAll());
  await time.run(time.now + SETTLED_WITHIN_MS);

  const { endpoints, states } = universe.stored;
  const left = (await Promise.all(["acme", "globex"].map((account) => endpoints.list(account)))).flat();
  const known = await states.read(left.map(({ id }) => id));
  for (const { id } of left) if (!known.has(id)) checker.violations.push(`${id} is listed, and has no state`);
  const dead = new Set(
    plan.endpoints.filter(({ receiver }) => receiver.isDeadForEver).map(({ endpoint }) => endpoint.id),
  );
  producers?.finish();
  const { duplicates } = checker.finish(receivers.ledger, (endpoint) => dead.has(endpoint));
  return {
    seed,
    kind: plan.kind,
    violations: checker.violations,
    events: events.count,
    posts: receivers.ledger.length,
    duplicates,
    recoveriesMs: plan.endpoints.flatMap(({ receiver }) => receivers.recoveriesOf(receiver)),
    schedulesMost: universe.scheduler.most,
    faults: [...chance.on],
    happened: chance.happened,
    trace,
  };
}

function sweepEveryMinute(universe: Universe, until: number): void {
  const { time, trace } = universe.machine;
  const next = () => {
    if (time.now > until) return;
    time.after(MINUTE_MS, next);
    const environment = new Environment(universe.machine, "sweeper");
    environment.begin(`sweeper/${time.now % 100_000_000}`, () => undefined);
    sweep(worldFor(universe, environment)).catch((error: unknown) => trace(`sweeper: ${String(error)}`));
  };
  next();
}
