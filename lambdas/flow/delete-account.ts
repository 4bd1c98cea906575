import type { Account, Deletion } from "../core/account.ts";
import { toldElsewhere } from "../core/delivery-view.ts";
import { RappelError } from "../core/errors.ts";
import type { Accounts, Claims, Clock, Deliveries, Endpoints, EventLog, Keys, States, Timer } from "../ports.ts";
import { findAccount } from "./find-account.ts";
import { deleteEndpoint } from "./steer-endpoint.ts";

interface World {
  readonly clock: Clock;
  readonly accounts: Accounts;
  readonly keys: Keys;
  readonly endpoints: Endpoints;
  readonly states: States;
  readonly timer: Timer;
  readonly log: EventLog;
  readonly deliveries: Deliveries;
  readonly claims: Claims;
  /** From the request to the erasing, ms. */
  readonly eraseAfterMs: number;
}

const ACCOUNTS_MAX = 100; // ours: those behind them come a minute later
const PAGE = 100; // ours: as much as one BatchGetItem reads
const NOTE_EVERY_PAGES = 10; // ours

/**
 * Has an account deleted in the background: from now on nothing of it is accepted or dispatched. Asked for again, it is the
 * same deletion.
 * @throws {RappelError} `ACCOUNT_NOT_FOUND`; `ACCOUNT_PROTECTED` for the operator's own, which all others' notices go to
 */
export async function deleteAccount(
  world: Pick<World, "accounts" | "clock"> & { readonly operatorAccount: string },
  id: string,
): Promise<Account> {
  const { accounts, clock, operatorAccount } = world;
  if (id === operatorAccount)
    throw new RappelError(
      "ACCOUNT_PROTECTED",
      `The account ${id} gets what Rappel tells of all others: it cannot be deleted`,
    );
  const account = await findAccount(world, id);
  if (account.deletion?.phase === "done") return account;
  await accounts.beginDeletion(id, clock.now());
  return accounts.find(id);
}

/**
 * Goes on with every deletion as far as the time lasts. Whatever was done stays done, so a run that dies is made up for by
 * the next one.
 * @returns how many are left
 */
export async function eraseAccounts(world: World, until: number): Promise<number> {
  const ids = await world.accounts.deleting(ACCOUNTS_MAX);
  let left = ids.length;
  for (const id of ids) {
    if (world.clock.now() >= until) break;
    if (await eraseAccount(world, id, until)) left--;
  }
  return left;
}

/** First all that could make something new, then what is left. @returns whether it is done */
async function eraseAccount(world: World, id: string, until: number): Promise<boolean> {
  const { accounts, clock } = world;
  const { deletion } = await accounts.find(id);
  if (deletion === undefined) return false; // asked for at this moment
  const cancelled = await cancelAll(world, id, deletion);
  if (cancelled.endpoints.length > 0 || clock.now() < deletion.requestedAt + world.eraseAfterMs) return false;
  const erased = await eraseLog(world, id, { ...cancelled, phase: "erasing" }, until);
  if (erased === undefined) return false;
  await accounts.noteDeletion(id, { ...erased, phase: "done" });
  return true;
}

/** Its keys and endpoints go; each endpoint's rounds cancel what waits there. @returns those that are not through */
async function cancelAll(world: World, account: string, deletion: Deletion): Promise<Deletion> {
  const { accounts, endpoints, keys, states } = world;
  for (const key of await keys.list(account)) await keys.remove(key);
  const present = (await endpoints.list(account)).map(({ id }) => id);
  const known = [...new Set([...deletion.endpoints, ...present])];
  // Noted before they vanish from the list: their backlogs take longer than they do.
  if (present.length > 0) await accounts.noteDeletion(account, { ...deletion, endpoints: known });
  for (const id of present) await deleteEndpoint(world, account, id);
  const waiting = await states.read(known);
  const left = { ...deletion, endpoints: known.filter((id) => waiting.has(id)) };
  if (left.endpoints.length !== deletion.endpoints.length) await accounts.noteDeletion(account, left);
  return left;
}

/** @returns how far it came, where that is all; `undefined` where the time did not last */
async function eraseLog(
  { accounts, claims, clock, deliveries, log }: World,
  account: string,
  begun: Deletion,
  until: number,
): Promise<Deletion | undefined> {
  let { eventsErased } = begun;
  let before: string | undefined;
  for (let pages = 1; clock.now() < until; pages++) {
    const page = await log.list(account, { limit: PAGE, ...(before !== undefined && { before }) });
    const ended = page.items.flatMap((event) =>
      toldElsewhere(event).map((endpoint) => ({ endpoint, eventId: event.id })),
    );
    await deliveries.eraseEnded(ended);
    await claims.forgetNames(account, [...new Set(page.items.flatMap(({ eventId }) => eventId ?? []))]);
    // Last: what tells where the rest is.
    await log.erase(
      account,
      page.items.map(({ id }) => id),
    );
    eventsErased += page.items.length;
    if (page.next === undefined) return { ...begun, eventsErased };
    if (pages % NOTE_EVERY_PAGES === 0) await accounts.noteDeletion(account, { ...begun, eventsErased });
    before = page.next;
  }
  await accounts.noteDeletion(account, { ...begun, eventsErased });
  return undefined;
}
