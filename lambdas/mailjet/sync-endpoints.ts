import { changeEndpoint } from "../endpoints/change-endpoint.ts";
import { deleteEndpoint } from "../endpoints/delete-endpoint.ts";
import { isBackup } from "../endpoints/model/backup.ts";
import type { Endpoint } from "../endpoints/model/endpoint.ts";
import { newState } from "../endpoints/model/endpoint-state.ts";
import {
  areSameFields,
  type ManagedFields,
  managedFieldsOf,
  withManagedFields,
} from "../endpoints/model/managed-fields.ts";
import { newEndpoint } from "../endpoints/register-endpoint.ts";
import { wakeSuspendedMains } from "../endpoints/validate-backup.ts";
import type { Callbacks } from "../ports/callbacks.ts";
import type { Clock, Random } from "../ports/clock.ts";
import type { Deliveries } from "../ports/deliveries.ts";
import type { Endpoints, States, Timer } from "../ports/endpoints.ts";
import type { Guard } from "../ports/outgoing.ts";
import { RappelError } from "../shared/errors.ts";
import type { CallbackSet } from "./model/callback.ts";
import { withoutEndpoints } from "./model/callback-set.ts";
import { configFrom, managedFieldsByEndpoint } from "./model/endpoint-of-callbacks.ts";

/** What callbacks and their endpoints take. */
export interface CallbackPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly callbacks: Callbacks;
  readonly endpoints: Endpoints;
  readonly states: States;
  readonly deliveries: Pick<Deliveries, "count">;
  readonly guard: Guard;
  readonly timer: Timer;
}

interface Settled {
  readonly callbackSet: CallbackSet;
  readonly endpoints: ReadonlyMap<string, Endpoint>;
}

// Ours: one that changes something, one that sees that nothing is left, and one for each callback that others may be at.
const PASSES_MAX = 24;
const STEP_MS = 100; // ours: some writes of the table
// Longer than a dispatch that read the endpoint before may still park something: a function's 60 s, twice.
const LEFT_FOR_MS = 120_000;

/**
 * Makes an account's endpoints what its callbacks say, and sees for itself that they are: whatever a crash, or somebody
 * else's change at the same moment, left undone, the next one who looks does. Where nothing is to do it costs two reads.
 * @param abandoned an endpoint that leaves nothing to others, should it go
 * @throws {RappelError} `WRITE_CONFLICT` when others changed them all the time
 */
export async function syncEndpoints(world: CallbackPorts, account: string, abandoned?: string): Promise<Settled> {
  for (let pass = 0; pass < PASSES_MAX; pass++) {
    // Endpoints first, and each is replaced only as it was seen: what others made of a younger callbackSet is never undone.
    const all = await world.endpoints.list(account);
    const callbackSet = await world.callbacks.read(account);
    const own = new Map(
      all.filter(({ managedBy }) => managedBy === "callbacks").map((endpoint) => [endpoint.id, endpoint]),
    );
    const steps = stepsTo(world, account, callbackSet, own, abandoned);
    if (steps.length === 0 && !(await removeDrained(world, account, callbackSet, own)))
      return { callbackSet, endpoints: own };
    try {
      for (const step of steps) await step();
    } catch (error) {
      if (!isSomebodyElse(error)) throw error;
      await waitAtRandom(world);
    }
  }
  throw writeConflict();
}

/** First those that come to want a type: an event in between goes to two URLs rather than to none. */
function stepsTo(
  world: CallbackPorts,
  account: string,
  callbackSet: CallbackSet,
  own: ReadonlyMap<string, Endpoint>,
  abandoned: string | undefined,
): (() => Promise<unknown>)[] {
  const parts = managedFieldsByEndpoint(callbackSet);
  const changes = [...parts].filter(([id, part]) => {
    const present = own.get(id);
    return present === undefined || !areSameFields(managedFieldsOf(present), part);
  });
  const [gaining, losing] = [true, false].map((wish) =>
    changes.filter(([id, part]) => gains(own.get(id), part) === wish),
  );
  const gone = [...own.keys()].filter((id) => !parts.has(id));
  // What waits there for callbacks that have left it. Decided now: what was deleted stays so, whoever registers next.
  const wanted = [...parts.values()].filter((part) => !isBackup(part)).flatMap(({ eventTypes }) => eventTypes);
  return [
    ...[...(gaining ?? []), ...(losing ?? [])].map(
      ([id, part]) =>
        () =>
          putEndpoint(world, account, id, part, own),
    ),
    // Last: whoever asks for it again after a crash finds it, and with it what else is to do.
    ...gone.map((id) => () => deleteEndpoint(world, account, id, id === abandoned ? [] : wanted)),
  ];
}

function gains(present: Endpoint | undefined, { eventTypes }: ManagedFields): boolean {
  return eventTypes.some((type) => present?.eventTypes.includes(type) !== true);
}

async function putEndpoint(
  world: CallbackPorts,
  account: string,
  id: string,
  part: ManagedFields,
  own: ReadonlyMap<string, Endpoint>,
): Promise<void> {
  const seen = own.get(id);
  if (seen !== undefined) {
    const revise = (present: Endpoint) => {
      if (present.version !== seen.version) throw writeConflict();
      return withManagedFields(present, part);
    };
    await changeEndpoint(world, account, id, revise, "callbacks");
    return;
  }
  const endpoint = { ...newEndpoint(world, account, id, configFrom(part)), managedBy: "callbacks" } as const;
  await world.endpoints.add(endpoint, newState(id, account, world.clock.now()));
  await wakeSuspendedMains(world, part);
}

/** Strikes out endpoints that no callback names any more and that have nothing left to deliver. @returns whether there were any */
async function removeDrained(
  { callbacks, clock, deliveries }: CallbackPorts,
  account: string,
  callbackSet: CallbackSet,
  own: ReadonlyMap<string, Endpoint>,
): Promise<boolean> {
  const done: string[] = [];
  for (const { id } of callbackSet.endpoints) {
    if (callbackSet.callbacks.some(({ endpoint }) => endpoint === id)) continue;
    if (clock.now() - (own.get(id)?.updatedAt ?? 0) < LEFT_FOR_MS) continue;
    if ((await deliveries.count(id, { max: 1 })) === 0) done.push(id);
  }
  if (done.length > 0) await callbacks.replace(account, withoutEndpoints(callbackSet, done));
  return done.length > 0;
}

export function writeConflict(): RappelError {
  return new RappelError("WRITE_CONFLICT", "The callbacks were changed by others all the time: try again");
}

/** Waits for a moment, so that those who are in each other's way come one after the other. */
export function waitAtRandom({ clock, random }: Pick<CallbackPorts, "clock" | "random">): Promise<void> {
  return clock.sleep(Math.floor(random.next() * STEP_MS));
}

/** Others may have settled the same, or changed it again: the next pass looks anew. */
function isSomebodyElse(error: unknown): boolean {
  return error instanceof RappelError && (error.code === "WRITE_CONFLICT" || error.code === "ENDPOINT_NOT_FOUND");
}
