import type { StateChange } from "../../lambdas/endpoints/model/conditional-update.ts";
import type { Deliveries } from "../../lambdas/ports/deliveries.ts";
import type { States } from "../../lambdas/ports/endpoints.ts";
import type { Claims, EventLog, EventMessage, EventQueue } from "../../lambdas/ports/events.ts";
import type { Log } from "../../lambdas/ports/operations.ts";
import type { Guard, Pacer } from "../../lambdas/ports/outgoing.ts";
import { cancelBacklog } from "../../lambdas/retry/cancel-backlog.ts";
import type { Checker } from "./checks/checker.ts";
import type { Environment, Machine } from "./function.ts";
import { memoryClaims } from "./memory/claims.ts";
import { memoryDeliveries } from "./memory/deliveries.ts";
import { memoryEndpoints } from "./memory/endpoints.ts";
import { memoryEventLog } from "./memory/event-log.ts";
import { memoryPacer } from "./memory/pacer.ts";
import type { Mutant } from "./mutants.ts";
import type { Receivers } from "./receivers.ts";
import type { SimulatedScheduler } from "./timer.ts";

export const OPERATOR_ACCOUNT = "globex";
export type World = ReturnType<typeof worldFor>;

/** What all functions share: what is stored, and who watches. */
export interface Universe {
  readonly machine: Machine;
  readonly stored: ReturnType<typeof memoryEndpoints> & {
    readonly log: EventLog;
    readonly deliveries: Deliveries;
    readonly pacer: Pacer;
    readonly claims: Claims;
  };
  /** Takes what is told by Rappel itself. */
  readonly send: (pack: EventMessage) => void;
  readonly earlyProbeMs: number;
  readonly checker: Checker;
  readonly receivers: Receivers;
  readonly scheduler: SimulatedScheduler;
  readonly mutant: Mutant | undefined;
  /** Told of each round that begins. */
  readonly roundBegan: (endpoint: string) => void;
}

export function emptyStores(machine: Machine): Universe["stored"] {
  return {
    ...memoryEndpoints(),
    log: memoryEventLog(machine.time.clock()),
    deliveries: memoryDeliveries(),
    pacer: memoryPacer(),
    claims: memoryClaims(),
  };
}

const report: Log = {
  attemptFailed: () => undefined,
  messageFailed: () => undefined,
  countsLost: () => undefined,
  roundFailed: () => undefined,
  swept: () => undefined,
  scheduleRefused: () => undefined,
};
const guard: Guard = { refusal: async () => undefined };

/** All ports as one environment sees them: each call takes its time, may fail, and may be its last. */
export function worldFor(universe: Universe, environment: Environment) {
  const { machine, stored, checker, receivers, scheduler } = universe;
  const { time, chance } = machine;
  const clock = time.clock(environment.skewMs);
  return {
    clock: { now: () => clock.now(), sleep: (ms: number) => environment.boundary("in its sleep", ms) },
    random: { next: chance.random, bytes: chance.bytes },
    accounts: {
      ...stored.accounts,
      find: (account: string) => environment.call("read account", () => stored.accounts.find(account)),
    },
    endpoints: {
      list: (account: string) => environment.call("list endpoints", () => stored.endpoints.list(account)),
      find: (account: string, id: string) =>
        environment.call("read endpoint", () => stored.endpoints.find(account, id)),
      add: stored.endpoints.add,
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
    states: statesFor(universe, environment),
    log: {
      add: (...[event]: Parameters<EventLog["add"]>) =>
        environment.call(`log ${event.id}`, () => {
          checker.logged(event);
          return stored.log.add(event);
        }),
      find: (account: string, ids: readonly string[]) =>
        environment.call("read events", () => stored.log.find(account, ids)),
      list: stored.log.list,
      traces: stored.log.traces,
      erase: stored.log.erase,
      noteResent: (...[account, id, endpoints]: Parameters<EventLog["noteResent"]>) =>
        environment.call(`note that ${id} is resent`, () => stored.log.noteResent(account, id, endpoints)),
    },
    queue: queueFor(universe, environment),
    operatorAccount: OPERATOR_ACCOUNT,
    earlyProbeMs: universe.earlyProbeMs,
    cancelBacklog,
    pacer: {
      slot: (...[endpoint, perSecond, now, horizonMs]: Parameters<Pacer["slot"]>) =>
        environment.call("take a slot", () => stored.pacer.slot(endpoint, perSecond, now, horizonMs)),
    },
    claims: claimsFor(universe, environment),
    deliveries: deliveriesFor(universe, environment),
    webhookClient: receivers.courierFor(environment, checker),
    timer: scheduler.timerFor(environment),
    report,
    guard,
  };
}

function claimsFor({ stored: { claims }, mutant }: Universe, environment: Environment): Claims {
  return {
    claim: (claim, since) =>
      environment.call(`claim ${claim.key}`, async () => {
        const standing = await claims.claim(claim, since);
        return mutant?.isBlindToClaims ? undefined : standing;
      }),
    takeUp: (seen, now) => environment.call(`take up ${seen.key}`, () => claims.takeUp(seen, now)),
    complete: (claim) => environment.call(`complete ${claim.key}`, () => claims.complete(claim)),
    claimEventId: (event, now, since) =>
      environment.call(`name ${event.eventId}`, () => claims.claimEventId(event, now, since)),
    release: (claim) => environment.call(`release ${claim.key}`, () => claims.release(claim)),
    forgetEventIds: claims.forgetEventIds,
  };
}

function queueFor({ send, checker }: Universe, environment: Environment): EventQueue {
  return {
    send: (events) =>
      environment.call(`queue ${events.map(({ type, id }) => `${type} ${id}`)}`, async () => {
        for (const [account, own] of Map.groupBy(events, (event) => event.account)) {
          for (const event of own) checker.told(event, environment);
          send({ account, events: own });
        }
      }),
    resend: (wish) =>
      environment.call(`queue the wish for ${wish.eventId}`, async () =>
        send({ account: wish.account, events: [], resend: wish }),
      ),
  };
}

function statesFor(
  { machine, stored: { states }, checker, mutant, roundBegan }: Universe,
  environment: Environment,
): States {
  let lagging: Awaited<ReturnType<States["overdue"]>> = [];
  return {
    read: (endpoints) => environment.call("read states", () => states.read(endpoints)),
    update(endpoint, asked) {
      const change = mutant?.change?.(asked) ?? asked;
      return environment.call(`update ${endpoint} ${told(change)}`, async () => {
        const updated = await states.update(endpoint, change);
        if (updated?.isDone) checker.stateWritten(updated.state);
        else machine.trace(`refused: the state is ${JSON.stringify(updated?.state)}`);
        if (updated?.isDone && change.set?.roundUntil !== undefined) roundBegan(endpoint);
        return updated;
      });
    },
    remove: (endpoint, onlyIf) =>
      environment.call(`remove state of ${endpoint}`, async () => {
        await states.remove(endpoint, onlyIf);
        if (!(await states.read([endpoint])).has(endpoint)) checker.stateRemoved(endpoint);
      }),
    overdue: (before, limit) =>
      environment.call("read overdue", async () => {
        const seen = lagging;
        lagging = await states.overdue(before, limit);
        return machine.chance.happens("the index lags") ? seen : lagging;
      }),
  };
}

function told({ set = {}, remove = [], add = {}, onlyIf = [] }: StateChange): string {
  const conditions = onlyIf.map((one) => `${one.field} ${one.is} ${"to" in one ? one.to : ""}`);
  return `set ${JSON.stringify(set)} add ${JSON.stringify(add)} remove ${remove} if ${conditions}`;
}

function deliveriesFor(
  { machine: { chance }, stored: { deliveries }, checker, mutant }: Universe,
  environment: Environment,
): Deliveries {
  return {
    park: (delivery) =>
      environment.call(`park ${delivery.eventId}`, () => {
        checker.parked(delivery, environment.name.startsWith("wake") ? environment.invocation : undefined);
        return deliveries.park(delivery);
      }),
    async parkNew(some) {
      if (some.length === 0) return;
      await environment.call(`park ${some.map(({ eventId }) => eventId)}`, () => {
        for (const one of some) checker.parked(one);
        return deliveries.parkNew(some);
      });
    },
    async recordOutcome(ended) {
      const standing = await environment.call(`end ${ended.eventId} ${ended.status}`, async () => {
        checker.concluded(ended);
        return deliveries.recordOutcome(ended);
      });
      if (!chance.happens("an ending stops halfway")) return standing;
      environment.kill("between the final item and the backlog item");
      return new Promise<never>(() => undefined);
    },
    eraseEnded: deliveries.eraseEnded,
    async unpark(some) {
      if (some.length === 0) return;
      await environment.call(`unpark ${some.map(({ eventId }) => eventId)}`, () => {
        checker.unparked(some);
        return deliveries.unpark(some);
      });
    },
    count: (endpoint, query) => environment.call("count backlog", () => deliveries.count(endpoint, query)),
    pending: (of) => environment.call("read pending", () => deliveries.pending(of)),
    ended: (of) =>
      environment.call("read final items", async () => (mutant?.isBlindToEnds ? [] : deliveries.ended(of))),
    revise: (delivery, seen) =>
      environment.call(`revise ${delivery.eventId}: ${delivery.failures} failures`, () => {
        checker.revised(delivery, seen);
        return deliveries.revise(delivery, seen);
      }),
    oldest: (endpoint, query) => environment.call("read backlog", () => deliveries.oldest(endpoint, query)),
    backlog: deliveries.backlog,
  };
}
