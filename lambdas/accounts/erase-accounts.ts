import type { Accounts, Keys } from "../ports/accounts.ts";
import type { Callbacks } from "../ports/callbacks.ts";
import type { Clock, Random } from "../ports/clock.ts";
import type { Deliveries } from "../ports/deliveries.ts";
import type { Endpoints, States, Timer } from "../ports/endpoints.ts";
import type { Claims, EventLog } from "../ports/events.ts";
import type { Stats } from "../ports/stats.ts";
import { RappelError } from "../shared/errors.ts";
import type { Deletion } from "./model/account.ts";

interface World {
  readonly clock: Clock;
  readonly random: Pick<Random, "next">;
  readonly accounts: Accounts;
  readonly keys: Keys;
  readonly callbacks: Callbacks;
  readonly endpoints: Endpoints;
  readonly states: States;
  readonly timer: Timer;
  readonly log: EventLog;
  readonly deliveries: Deliveries;
  readonly claims: Claims;
  readonly stats: Stats;
  /** Deletes an endpoint; `endpoints/` has it, which builds on this room. */
  readonly deleteEndpoint: (
    ports: Pick<World, "clock" | "endpoints" | "states" | "timer">,
    account: string,
    id: string,
  ) => Promise<void>;
  /** From the request to the erasing, ms. */
  readonly eraseAfterMs: number;
}

const PAGE = 250; // ours
const NOTE_EVERY_PAGES = 10; // ours

/**
 * Goes on with every deletion as far as the time lasts: first each is cancelled, which is soon done, then what can be is
 * erased, beginning anywhere, so that a large one does not keep the others waiting. Whatever was done stays done: a run
 * that dies is made up for by the next one, and two at a time do no harm.
 * @returns how many are left
 * @throws what the first one that failed threw, when all others had their turn
 */
export async function eraseAccounts(world: World, until: number): Promise<number> {
  const { accounts, clock, random } = world;
  const begun = await accounts.deleting();
  const failures: unknown[] = [];
  const ready: { readonly id: string; readonly deletion: Deletion }[] = [];
  for (const { id, requestedAt } of begun) {
    const deletion = await cancelAll(world, id, requestedAt).catch((error: unknown) => void failures.push(error));
    if (deletion === undefined || deletion.endpoints.length > 0) continue;
    if (clock.now() >= deletion.requestedAt + world.eraseAfterMs) ready.push({ id, deletion });
  }
  const first = Math.floor(random.next() * ready.length);
  let left = begun.length;
  for (const { id, deletion } of [...ready.slice(first), ...ready.slice(0, first)]) {
    if (clock.now() >= until) break;
    const isDone = await eraseLog(world, id, deletion, until).catch((error: unknown) => void failures.push(error));
    if (isDone) left--;
  }
  if (failures.length > 0) throw failures[0];
  return left;
}

/**
 * Its keys and endpoints go; each endpoint's rounds cancel what waits there.
 * @returns how far that has come; `undefined` where there is nothing to do
 */
async function cancelAll(world: World, account: string, requestedAt: number): Promise<Deletion | undefined> {
  const { accounts, callbacks, endpoints, keys, states } = world;
  const { deletion } = await accounts.find(account);
  // Whoever ended it has died before they struck it out; since then it may have been made anew.
  if (deletion === undefined || deletion.phase === "done") {
    await accounts.strikeDeletion(account, requestedAt);
    return undefined;
  }
  await keys.removeAll(account);
  await callbacks.remove(account); // before their endpoints, or they would be made again
  const present = (await endpoints.list(account)).map(({ id }) => id);
  const known = [...new Set([...deletion.endpoints, ...present])];
  // Noted before they vanish from the list: their backlogs take longer than they do.
  if (present.length > 0) await accounts.noteDeletion(account, { ...deletion, endpoints: known });
  for (const id of present) await world.deleteEndpoint(world, account, id).catch(throwUnlessGone);
  const waiting = await states.read(known);
  const left = { ...deletion, endpoints: known.filter((id) => waiting.has(id)) };
  if (left.endpoints.length !== deletion.endpoints.length) await accounts.noteDeletion(account, left);
  return left;
}

/** Deleted by somebody else at the same moment. */
function throwUnlessGone(error: unknown): void {
  if (!(error instanceof RappelError && error.code === "ENDPOINT_NOT_FOUND")) throw error;
}

/** @returns whether that is all */
async function eraseLog(
  { accounts, claims, clock, deliveries, log, stats }: World,
  account: string,
  begun: Deletion,
  until: number,
): Promise<boolean> {
  let { eventsErased } = begun;
  for (let pages = 1; ; pages++) {
    const traces = await log.traces(account, PAGE);
    if (traces.length === 0 && !(await stats.erase(account, PAGE))) {
      if (clock.now() >= until) return false;
      continue;
    }
    if (traces.length === 0) return accounts.noteDeletion(account, { ...begun, phase: "done", eventsErased });
    await deliveries.eraseEnded(
      traces.flatMap(({ id, endpoints }) => endpoints.map((endpoint) => ({ endpoint, eventId: id }))),
    );
    await claims.forgetEventIds(account, [...new Set(traces.flatMap(({ eventId }) => eventId ?? []))]);
    // Last: what tells where the rest is.
    await log.erase(
      account,
      traces.map(({ id }) => id),
    );
    eventsErased += traces.length;
    const isTime = clock.now() >= until;
    if (isTime || pages % NOTE_EVERY_PAGES === 0)
      await accounts.noteDeletion(account, { ...begun, phase: "erasing", eventsErased });
    if (isTime) return false;
  }
}
