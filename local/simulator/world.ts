import type { StateChange } from "../../lambdas/endpoints/model/conditional-update.ts";
import type { Deliveries, UnsuccessfulDeliveries } from "../../lambdas/ports/deliveries.ts";
import type { States } from "../../lambdas/ports/endpoints.ts";
import type { Claims, EventLog, EventMessage, EventQueue } from "../../lambdas/ports/events.ts";
import type { Guard, Pacer } from "../../lambdas/ports/outgoing.ts";
import type { Recoveries } from "../../lambdas/ports/recoveries.ts";
import { runRecoveryStep } from "../../lambdas/recoveries/run-step.ts";
import { cancelBacklog } from "../../lambdas/retry/cancel-backlog.ts";
import type { Checker } from "./checks/checker.ts";
import type { Environment, Invocation, Machine } from "./function.ts";
import { memoryClaims } from "./memory/claims.ts";
import { memoryDeliveries } from "./memory/deliveries.ts";
import { memoryEndpoints } from "./memory/endpoints.ts";
import { memoryEventLog } from "./memory/event-log.ts";
import { memoryPacer } from "./memory/pacer.ts";
import { memoryRecoveries } from "./memory/recoveries.ts";
import { memoryUnsuccessfulDeliveries } from "./memory/unsuccessful-deliveries.ts";
import type { Mutant } from "./mutants.ts";
import { OPERATOR_ACCOUNT } from "./operator-account.ts";
import { claimsFor } from "./ports/claims.ts";
import { recoveriesFor } from "./ports/recoveries.ts";
import { silentLog } from "./ports/silent-log.ts";
import type { Receivers } from "./receivers.ts";
import type { SimulatedScheduler } from "./timer.ts";
export type World = ReturnType<typeof worldFor>;

/** What all functions of a run share: the stores, the receivers and the checker. */
export interface Simulation {
  readonly machine: Machine;
  readonly stored: ReturnType<typeof memoryEndpoints> & {
    readonly log: EventLog;
    readonly deliveries: Deliveries;
    readonly pacer: Pacer;
    readonly claims: Claims;
    readonly recoveries: Recoveries;
    readonly unsuccessful: UnsuccessfulDeliveries;
  };
  /** Puts a message on the event queue. */
  readonly send: (message: EventMessage, delayMs?: number) => void;
  readonly earlyProbeMs: number;
  readonly notYetLoggedMs: number;
  readonly checker: Checker;
  readonly receivers: Receivers;
  readonly scheduler: SimulatedScheduler;
  readonly mutant: Mutant | undefined;
  /** Called when a retry round begins. */
  readonly roundBegan: (endpoint: string, invocation: Invocation) => void;
  /** Called when one ends and gives up its lease. */
  readonly roundEnded: (endpoint: string) => void;
}

export function emptyStores(machine: Machine): Simulation["stored"] {
  const [log, deliveries] = [memoryEventLog(machine.time.clock()), memoryDeliveries()];
  return {
    ...memoryEndpoints(),
    log,
    deliveries,
    unsuccessful: memoryUnsuccessfulDeliveries(deliveries, log),
    pacer: memoryPacer(),
    claims: memoryClaims(),
    recoveries: memoryRecoveries(),
  };
}

const guard: Guard = { refusal: async () => undefined };

/** All ports of one execution environment: each call takes time, and may fail or crash the environment. */
export function worldFor(simulation: Simulation, environment: Environment) {
  const { machine, stored, checker, receivers, scheduler } = simulation;
  const { time, random } = machine;
  const clock = time.clock(environment.skewMs);
  return {
    clock: { now: () => clock.now(), sleep: (ms: number) => environment.boundary("while it sleeps", ms) },
    random: { next: random.next, bytes: random.bytes },
    accounts: {
      ...stored.accounts,
      find: (account: string) => environment.call("read account", () => stored.accounts.find(account)),
    },
    endpoints: {
      ...stored.endpoints,
      list: (account: string) => environment.call("list endpoints", () => stored.endpoints.list(account)),
      find: (account: string, id: string) =>
        environment.call("read endpoint", () => stored.endpoints.find(account, id)),
      replace: (endpoint: Parameters<typeof stored.endpoints.replace>[0]) =>
        environment.call(`replace ${endpoint.id}`, () => stored.endpoints.replace(endpoint)),
      remove: (account: string, id: string) =>
        environment.call(`remove ${id}`, async () => {
          const removed = await stored.endpoints.remove(account, id);
          const state = (await stored.states.read([id])).get(id);
          if (state !== undefined) checker.stateWritten(state);
          return removed;
        }),
    },
    states: statesFor(simulation, environment),
    log: {
      add: (...[event]: Parameters<EventLog["add"]>) =>
        environment.call(`log ${event.id}`, () => {
          checker.logged(event);
          return stored.log.add(event);
        }),
      checkWritable: async (account: string) => {
        if (simulation.mutant?.triesNoWrite) return;
        await environment.call("check that the log can be written", () => stored.log.checkWritable(account));
      },
      find: (account: string, ids: readonly string[]) =>
        environment.call("read events", () => stored.log.find(account, ids)),
      list: stored.log.list,
      oldest: (...[account, query]: Parameters<EventLog["oldest"]>) =>
        environment.call("read the log", () => stored.log.oldest(account, query)),
      traces: stored.log.traces,
      erase: stored.log.erase,
      noteResent: (...[account, id, endpoints]: Parameters<EventLog["noteResent"]>) =>
        environment.call(`note that ${id} is resent`, () => stored.log.noteResent(account, id, endpoints)),
    },
    queue: queueFor(simulation, environment),
    operatorAccount: OPERATOR_ACCOUNT,
    earlyProbeMs: simulation.earlyProbeMs,
    cancelBacklog,
    settleDeletion: async () => "gone" as const, // no Mailjet callbacks here
    pacer: {
      slot: (...[endpoint, perSecond, now, horizonMs]: Parameters<Pacer["slot"]>) =>
        environment.call("take a slot", () => stored.pacer.slot(endpoint, perSecond, now, horizonMs)),
    },
    claims: claimsFor(stored.claims, environment, simulation.mutant?.ignoresClaims),
    unsuccessful: stored.unsuccessful,
    recoveries: recoveriesFor(
      stored.recoveries,
      environment,
      checker.recoveries,
      simulation.mutant?.ignoresRecoveryVersions,
    ),
    notYetLoggedMs: simulation.notYetLoggedMs,
    runRecoveryStep,
    deliveries: deliveriesFor(simulation, environment),
    webhookClient: receivers.webhookClientFor(environment, checker),
    timer: scheduler.timerFor(environment),
    report: silentLog,
    guard,
  };
}

function queueFor({ send, checker }: Simulation, environment: Environment): EventQueue {
  return {
    send: (events) =>
      environment.call(`queue ${events.map(({ type, id }) => `${type} ${id}`)}`, async () => {
        for (const [account, accountEvents] of Map.groupBy(events, (event) => event.account)) {
          for (const event of accountEvents) checker.published(event, environment);
          send({ account, events: accountEvents });
        }
      }),
    resend: (request) =>
      environment.call(`queue a resend of ${request.eventId}`, async () =>
        send({ account: request.account, events: [], resend: request }),
      ),
    recover: (step, delayMs = 0) =>
      environment.call(`queue a step of ${step.id}`, async () =>
        send({ account: step.account, events: [], recovery: step }, delayMs),
      ),
  };
}

function statesFor(
  { machine, stored: { states }, checker, mutant, roundBegan, roundEnded }: Simulation,
  environment: Environment,
): States {
  let lagging: Awaited<ReturnType<States["overdue"]>> = [];
  return {
    read: (endpoints) => environment.call("read states", () => states.read(endpoints)),
    update(endpoint, requested) {
      const change = mutant?.change?.(requested) ?? requested;
      return environment.call(`update ${endpoint} ${describe(change)}`, async () => {
        const updated = await states.update(endpoint, change);
        if (updated?.isDone) checker.stateWritten(updated.state);
        else machine.trace(`condition failed: the state is ${JSON.stringify(updated?.state)}`);
        if (updated?.isDone && change.set?.roundUntil !== undefined) roundBegan(endpoint, environment.invocation);
        if (updated?.isDone && change.remove?.includes("roundId")) roundEnded(endpoint);
        return updated;
      });
    },
    remove: (endpoint, onlyIf) =>
      environment.call(`remove state of ${endpoint}`, async () => {
        await states.remove(endpoint, mutant?.removal?.(onlyIf) ?? onlyIf);
        if (!(await states.read([endpoint])).has(endpoint)) checker.stateRemoved(endpoint);
      }),
    listed: states.listed,
    overdue: (before, limit) =>
      environment.call("read overdue", async () => {
        const outdated = lagging;
        lagging = await states.overdue(before, limit);
        return machine.random.happens("the index lags") ? outdated : lagging;
      }),
  };
}

function describe({ set = {}, remove = [], add = {}, onlyIf = [] }: StateChange): string {
  const conditions = onlyIf.map((one) => `${one.field} ${one.is} ${"to" in one ? one.to : ""}`);
  return `set ${JSON.stringify(set)} add ${JSON.stringify(add)} remove ${remove} if ${conditions}`;
}

function deliveriesFor(
  { machine: { random }, stored: { deliveries }, checker, mutant }: Simulation,
  environment: Environment,
): Deliveries {
  return {
    addToBacklog: (delivery) =>
      environment.call(`add ${delivery.eventId} to the backlog`, () => {
        checker.addedToBacklog(delivery, environment.name.startsWith("wake") ? environment.invocation : undefined);
        return deliveries.addToBacklog(delivery);
      }),
    async addNewToBacklog(parked) {
      if (parked.length === 0) return;
      await environment.call(`add ${parked.map(({ eventId }) => eventId)} to the backlog`, () => {
        for (const delivery of parked) checker.addedToBacklog(delivery);
        return deliveries.addNewToBacklog(parked);
      });
    },
    async recordOutcome(ended) {
      const existing = await environment.call(`record ${ended.eventId} as ${ended.status}`, async () => {
        checker.outcomeRecorded(ended);
        return deliveries.recordOutcome(ended);
      });
      if (!random.happens("recording an outcome stops halfway")) return existing;
      environment.kill("between the final outcome and the backlog item");
      return new Promise<never>(() => undefined);
    },
    eraseEnded: deliveries.eraseEnded,
    async removeFromBacklog(removed) {
      if (removed.length === 0) return;
      await environment.call(`remove ${removed.map(({ eventId }) => eventId)} from the backlog`, () => {
        checker.removedFromBacklog(removed);
        return deliveries.removeFromBacklog(removed);
      });
    },
    count: (endpoint, query) => environment.call("count backlog", () => deliveries.count(endpoint, query)),
    summary: deliveries.summary,
    pending: (keys) => environment.call("read pending", () => deliveries.pending(keys)),
    ended: (keys) =>
      environment.call("read final outcomes", async () => (mutant?.ignoresOutcomes ? [] : deliveries.ended(keys))),
    revise: (delivery, before) =>
      environment.call(`revise ${delivery.eventId}: ${delivery.failures} failures`, () => {
        checker.backlogItemChanged(delivery, before);
        return deliveries.revise(delivery, before);
      }),
    oldest: (endpoint, query) => environment.call("read backlog", () => deliveries.oldest(endpoint, query)),
    backlog: deliveries.backlog,
  };
}
