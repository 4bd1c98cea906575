import { changeEndpoint } from "../endpoints/change-endpoint.ts";
import { deleteEndpoint } from "../endpoints/delete-endpoint.ts";
import { holdEndpoint, restoreEndpoint } from "../endpoints/hold-endpoint.ts";
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
import { LIMITS } from "../shared/limits.ts";
import type { CallbackSet } from "./model/callback.ts";
import { heldUntil, withoutEndpoints } from "./model/callback-set.ts";
import { configFrom, managedFieldsByEndpoint } from "./model/endpoint-of-callbacks.ts";

/** The ports for callbacks and their endpoints. */
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

interface Synced {
  readonly callbackSet: CallbackSet;
  readonly endpoints: ReadonlyMap<string, Endpoint>;
}

// Ours: one pass to change something, one to check that nothing is left, and one per callback that others may be changing.
const PASSES_MAX = 24;
const STEP_MS = 100; // ours: the time of some writes

/**
 * Makes an account's endpoints match its callbacks, and checks the result. A crash or a concurrent change can leave
 * differences; the next call corrects them. Without differences it costs two reads.
 * @param abandoned an endpoint that does not move its pending deliveries to others if it is deleted
 * @throws {RappelError} `WRITE_CONFLICT` if other requests keep changing the callbacks
 */
export async function syncEndpoints(ports: CallbackPorts, account: string, abandoned?: string): Promise<Synced> {
  for (let pass = 0; pass < PASSES_MAX; pass++) {
    // Read endpoints first, and replace each only if unchanged: changes for a newer callback set are never undone.
    const all = await ports.endpoints.list(account);
    const callbackSet = await ports.callbacks.read(account);
    const existing = new Map(
      all.filter(({ managedBy }) => managedBy === "callbacks").map((endpoint) => [endpoint.id, endpoint]),
    );
    const steps = stepsTo(ports, account, callbackSet, existing, abandoned);
    if (steps.length === 0 && !(await removeDrained(ports, account, callbackSet, existing)))
      return { callbackSet, endpoints: existing };
    try {
      for (const step of steps) await step();
    } catch (error) {
      if (!isConflict(error)) throw error;
      await waitAtRandom(ports);
    }
  }
  throw writeConflict();
}

/** Endpoints that gain a type come first: an event in between is sent to two URLs instead of none. */
function stepsTo(
  ports: CallbackPorts,
  account: string,
  callbackSet: CallbackSet,
  existing: ReadonlyMap<string, Endpoint>,
  abandoned: string | undefined,
): (() => Promise<unknown>)[] {
  const parts = managedFieldsByEndpoint(callbackSet);
  const changes = [...parts].filter(([id, managed]) => {
    const present = existing.get(id);
    return present === undefined || !areSameFields(managedFieldsOf(present), managed);
  });
  const [gaining, losing] = [true, false].map((isGaining) =>
    changes.filter(([id, managed]) => gainsType(existing.get(id), managed) === isGaining),
  );
  const gone = [...existing.keys()].filter((id) => !parts.has(id));
  // Types whose pending deliveries move to other endpoints. Decided now, so that later registrations change nothing.
  const wanted = [...parts.values()].filter((managed) => !isBackup(managed)).flatMap(({ eventTypes }) => eventTypes);
  return [
    ...[...(gaining ?? []), ...(losing ?? [])].map(
      ([id, managed]) =>
        () =>
          putEndpoint(ports, account, id, managed, existing),
    ),
    // Last: if it is repeated after a crash, the endpoint is still there, and with it the rest of the work.
    ...gone.map((id) => () => {
      const keptUntil = heldUntil(callbackSet, id) ?? 0;
      return ports.clock.now() < keptUntil
        ? holdEndpoint(ports, account, id, keptUntil, wanted)
        : deleteEndpoint(ports, account, id, id === abandoned ? [] : wanted);
    }),
  ];
}

function gainsType(present: Endpoint | undefined, { eventTypes }: ManagedFields): boolean {
  return eventTypes.some((type) => present?.eventTypes.includes(type) !== true);
}

async function putEndpoint(
  ports: CallbackPorts,
  account: string,
  id: string,
  managed: ManagedFields,
  existing: ReadonlyMap<string, Endpoint>,
): Promise<void> {
  const seen = existing.get(id);
  if (seen !== undefined) {
    const revise = (present: Endpoint) => {
      if (present.version !== seen.version) throw writeConflict();
      return withManagedFields(present, managed);
    };
    await changeEndpoint(ports, account, id, revise, "callbacks");
    return;
  }
  const held = (await ports.endpoints.listRemoved(account)).find((endpoint) => endpoint.id === id);
  if (held === undefined) {
    const endpoint = { ...newEndpoint(ports, account, id, configFrom(managed)), managedBy: "callbacks" } as const;
    await ports.endpoints.add(endpoint, newState(id, account, ports.clock.now()));
  } else await restoreEndpoint(ports, held, withManagedFields(held, managed));
  await wakeSuspendedMains(ports, managed);
}

/** Removes endpoints without callbacks whose backlog is empty. @returns whether there were any */
async function removeDrained(
  { callbacks, clock, deliveries }: CallbackPorts,
  account: string,
  callbackSet: CallbackSet,
  existing: ReadonlyMap<string, Endpoint>,
): Promise<boolean> {
  const done: string[] = [];
  for (const { id } of callbackSet.endpoints) {
    if (callbackSet.callbacks.some(({ endpoint }) => endpoint === id)) continue;
    if (clock.now() - (existing.get(id)?.updatedAt ?? 0) < LIMITS.drainedEndpointSeconds * 1_000) continue;
    if ((await deliveries.count(id, { max: 1 })) === 0) done.push(id);
  }
  if (done.length > 0) await callbacks.replace(account, withoutEndpoints(callbackSet, done));
  return done.length > 0;
}

export function writeConflict(): RappelError {
  return new RappelError("WRITE_CONFLICT", "Other requests keep changing the callbacks: try again");
}

/** Waits for a random moment, so that conflicting requests take turns. */
export function waitAtRandom({ clock, random }: Pick<CallbackPorts, "clock" | "random">): Promise<void> {
  return clock.sleep(Math.floor(random.next() * STEP_MS));
}

/** Another request may have made the same change, or a new one: the next pass reads everything again. */
function isConflict(error: unknown): boolean {
  return error instanceof RappelError && (error.code === "WRITE_CONFLICT" || error.code === "ENDPOINT_NOT_FOUND");
}
