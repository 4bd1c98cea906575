import { newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import type { Event } from "../../lambdas/events/model/event.ts";
import { newId } from "../../lambdas/shared/ids.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { Checker } from "./checks/checker.ts";
import { RunRandom } from "./faults.ts";
import type { Invocation, Machine } from "./function.ts";
import { queuesOf } from "./functions/queues.ts";
import { sweepEveryMinute } from "./functions/sweeper.ts";
import type { Mutant } from "./mutants.ts";
import { Operators } from "./operator.ts";
import { isRefusedBy, type Plan, planFor, type RequestedKind, withBackups, withGroups } from "./plan.ts";
import { Producers } from "./producers.ts";
import { Receivers } from "./receivers.ts";
import { Storm } from "./storm.ts";
import { SimulatedScheduler } from "./timer.ts";
import { VirtualTime } from "./virtual-time.ts";
import { emptyStores, type Simulation } from "./world.ts";

export interface Outcome {
  readonly seed: number;
  readonly kind: Plan["kind"];
  /** Invariants that were violated; empty if the run passes. */
  readonly violations: readonly string[];
  readonly events: number;
  readonly posts: number;
  readonly duplicates: number;
  /** The most schedules that an endpoint had at the same time. */
  readonly schedulesMost: number;
  /** For each URL that recovered: ms from its recovery to the next success. */
  readonly recoveriesMs: readonly number[];
  /** For each round that was killed: ms until the endpoint's next round began. */
  readonly restartsMs: readonly number[];
  readonly faults: readonly string[];
  /** How often each fault has happened. */
  readonly happened: ReadonlyMap<string, number>;
  /** Messages of events that went to the dead-letter queue. */
  readonly deadLettered: number;
  /** The most POSTs of one delivery that were received. */
  readonly copiesMost: number;
  readonly trace: readonly string[];
}

const MINUTE_MS = 60_000;
const SETTLED_WITHIN_MS = 14 * 60 * MINUTE_MS; // more than two whole schedules of 5 h, one after the other
const QUIET_FRACTION = 0.15; // of seeds have no fault: a violation there has another cause
const LATE_EVENTS = 12;
const LATE_REQUEST_MS = 10 * MINUTE_MS;

/** Whether some of a seed's endpoints have a backup. */
const hasBackup = (seed: number) => seed % 7 === 6;

interface Options {
  readonly mutant?: Mutant;
  /** Whether to keep a trace. */
  readonly isVerbose?: boolean;
  /** Whether it is a violation if an event is exhausted early that its receiver would have accepted. */
  readonly isStrict?: boolean;
  /** The time between early probes, 0 for none. Default: chosen by the seed. */
  readonly earlyProbeMs?: number;
  /** Default: chosen by the seed. */
  readonly kind?: RequestedKind;
  /** Whether events go directly to the queue, even if the seed has producers that call the accept function. */
  readonly isDirect?: boolean;
}

/** Whether a seed's events go through the accept function. The seed's number decides, so that older seeds run as before. */
const usesAccept = (seed: number) => seed % 4 === 3;
/** Whether operators recover what was missed. Seeds that found a bug before there were recoveries are not among them. */
const hasRecoveries = (seed: number) => seed % 8 === 1 || seed % 8 === 3;
/** Whether messages go to the dead-letter queue after a few receives. */
const isImpatient = (seed: number) => seed % 6 === 5;
const IMPATIENT_RECEIVES = 3;
/** Whether some of a seed's endpoints group their events. */
const isGrouped = (seed: number) => seed % 5 === 4;

/** Runs one seed: a phase with faults, a phase without, then the final invariants. The same seed gives the same run. */
export async function simulate(
  seed: number,
  { mutant, isVerbose = false, isStrict = false, earlyProbeMs, kind, isDirect = false }: Options = {},
): Promise<Outcome> {
  const time = new VirtualTime();
  const random = new RunRandom(seed, (next) => next() < QUIET_FRACTION);
  const trace: string[] = [];
  const startedAt = time.now;
  const machine: Machine = {
    time,
    random,
    isRefused: (environment, action) => isRefusedBy(plan.failing, { environment, action, now: time.now }),
    trace: (line) =>
      void (isVerbose && trace.push(`${((time.now - startedAt) / 1000).toFixed(3).padStart(10)} ${line}`)),
  };
  const basePlan = planFor(random, time.now, kind);
  const backupPlan = hasBackup(seed) && kind === undefined ? withBackups(basePlan, random, time.now) : basePlan;
  const plan = isGrouped(seed) && kind === undefined ? withGroups(backupPlan, random) : backupPlan;
  const receivers = new Receivers(machine);
  const checker = new Checker(machine, receivers.rejectedEvents, isStrict);
  const events = { count: 0, late: 0 };

  const accept = (account: string, types: readonly string[]) => {
    if (producers !== undefined)
      return producers.send(
        account,
        types.map((type) => ({ type, payload: Buffer.from(`{"n":${++events.count}}`) })),
      );
    const accepted = types.map((type) => eventOf(account, type));
    for (const event of accepted) checker.accepted(event);
    machine.trace(`accepted ${accepted.map(({ id }) => id)} of ${account}`);
    queues.events.send({ account, events: accepted });
  };
  const eventOf = (account: string, type: string): Event => {
    const id = newId("evt", time.now, random.next);
    const n = ++events.count;
    if (random.happens("events are rejected")) receivers.rejectedEvents.add(id);
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

  /** The running round of each endpoint. */
  const rounds = new Map<string, Invocation>();
  const restartsMs: number[] = [];
  const queues = queuesOf({
    machine,
    checker,
    mutant,
    simulation: () => simulation,
    ...(isImpatient(seed) && { receivesMax: IMPATIENT_RECEIVES }),
  });
  const simulation: Simulation = {
    machine,
    stored: emptyStores(machine),
    checker,
    receivers,
    mutant,
    send: (message, delayMs) => queues.events.send(message, delayMs),
    notYetLoggedMs: LIMITS.notYetLoggedSeconds * 1_000,
    earlyProbeMs: earlyProbeMs ?? plan.earlyProbeMs,
    scheduler: new SimulatedScheduler(machine, (wake, delayMs) => queues.wakeUps.send(wake, delayMs)),
    roundEnded: (endpoint) => void rounds.delete(endpoint),
    roundBegan: (endpoint, invocation) => {
      const killedAt = rounds.get(endpoint)?.killedAt;
      if (killedAt !== undefined) restartsMs.push(time.now - killedAt);
      rounds.set(endpoint, invocation);
      if (time.now <= plan.faultsEndAt) storm?.roundBegan(endpoint);
      // Events that arrive while a retry round ends, and then no more.
      if (plan.kind !== "silence" || time.now > plan.faultsEndAt || events.late >= LATE_EVENTS || random.next() < 0.4)
        return;
      events.late++;
      time.after(random.between(0, random.callMs * 3), () => accept("acme", ["email.open"]));
    },
  };

  const producers =
    usesAccept(seed) && !isDirect && kind === undefined
      ? new Producers(simulation, (event) => {
          if (random.happens("events are rejected")) receivers.rejectedEvents.add(event.id);
          checker.accepted(event);
        })
      : undefined;

  for (const { endpoint, receiver } of plan.endpoints) {
    const state = newState(endpoint.id, endpoint.account, time.now);
    await simulation.stored.endpoints.add(endpoint, state);
    checker.observed.endpoints.set(endpoint.id, endpoint);
    checker.stateWritten(state);
    receivers.listen(endpoint.url, receiver);
  }
  for (const { at, account, types } of plan.messages) time.at(at, () => accept(account, types));
  const operators = new Operators(simulation, plan);
  operators.plan();
  const isRecovering = hasRecoveries(seed) && kind === undefined;
  if (isRecovering) operators.planRecoveries();
  const send = simulation.send;
  const storm = plan.kind === "storm" ? new Storm({ machine, checker, operators, accept, send }) : undefined;
  const until = plan.faultsEndAt + SETTLED_WITHIN_MS;
  sweepEveryMinute(simulation, queues, { until, hasRecoveries: isRecovering });

  await time.run(plan.faultsEndAt);
  random.areFaultsOver = true;
  machine.trace("FAULTS END");
  time.after(1, () => operators.resumeAll());
  // Again after the last slow request of an operator has ended: a pause may have come after the first resume.
  time.after(LATE_REQUEST_MS, () => operators.resumeAll());
  if (isRecovering) time.after(2 * LATE_REQUEST_MS, () => operators.recoverAll());
  await time.run(time.now + SETTLED_WITHIN_MS);

  const { endpoints, states } = simulation.stored;
  const remaining = (await Promise.all(["acme", "globex"].map((account) => endpoints.list(account)))).flat();
  const known = await states.read(remaining.map(({ id }) => id));
  for (const { id } of remaining) if (!known.has(id)) checker.violations.push(`${id} is listed, but has no state`);
  const downForEver = new Set(
    plan.endpoints.filter(({ receiver }) => receiver.isDownForEver).map(({ endpoint }) => endpoint.id),
  );
  producers?.finish();
  const isResending = random.enabledFaults.has("operators resend");
  checker.recoveries.finish(!isResending && !hasBackup(seed));
  const { duplicates } = checker.finish(receivers.ledger, (endpoint) => downForEver.has(endpoint));
  return {
    seed,
    kind: plan.kind,
    violations: checker.violations,
    events: events.count,
    posts: receivers.ledger.length,
    duplicates,
    recoveriesMs: plan.endpoints.flatMap(({ receiver }) => receivers.recoveriesOf(receiver)),
    restartsMs,
    schedulesMost: simulation.scheduler.most,
    faults: [...random.enabledFaults],
    happened: random.happened,
    deadLettered: queues.events.deadLettered,
    copiesMost: receivers.copiesMost(),
    trace,
  };
}
