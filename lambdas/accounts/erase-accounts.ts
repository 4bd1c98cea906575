import type { Accounts, Keys } from "../ports/accounts.ts";
import type { ActivityLog } from "../ports/activity.ts";
import type { Callbacks } from "../ports/callbacks.ts";
import type { Clock, Random } from "../ports/clock.ts";
import type { Deliveries } from "../ports/deliveries.ts";
import type { Endpoints, States, Timer } from "../ports/endpoints.ts";
import type { Claims, EventLog } from "../ports/events.ts";
import type { Recoveries } from "../ports/recoveries.ts";
import type { Sessions } from "../ports/sessions.ts";
import type { Stats } from "../ports/stats.ts";
import { RappelError } from "../shared/errors.ts";
import type { Deletion } from "./model/account.ts";

interface Ports {
  readonly clock: Clock;
  readonly random: Pick<Random, "next">;
  readonly accounts: Accounts;
  readonly keys: Keys;
  readonly sessions: Pick<Sessions, "removeAll">;
  readonly callbacks: Callbacks;
  readonly endpoints: Endpoints;
  readonly states: States;
  readonly timer: Timer;
  readonly log: EventLog;
  readonly deliveries: Deliveries;
  readonly claims: Claims;
  readonly stats: Stats;
  readonly recoveries: Pick<Recoveries, "erase">;
  readonly activity: Pick<ActivityLog, "erase">;
  /** Deletes an endpoint. Passed in, because `endpoints/` implements it and imports this folder. */
  readonly deleteEndpoint: (
    ports: Pick<Ports, "clock" | "endpoints" | "states" | "timer">,
    account: string,
    id: string,
  ) => Promise<void>;
  /** From the request to the erasure, ms. */
  readonly eraseAfterMs: number;
}

const PAGE = 250; // ours
const NOTE_EVERY_PAGES = 10; // ours

/**
 * Continues all deletions until the time is up: first it cancels the backlogs, which is quick, then it erases data. It
 * starts with a random account, so that a large one does not block the others. The next run continues after a crash,
 * and concurrent runs are safe.
 * @returns how many deletions are left
 * @throws the first error, after all other deletions were tried
 */
export async function eraseAccounts(ports: Ports, until: number): Promise<number> {
  const { accounts, clock, random } = ports;
  const begun = await accounts.deleting();
  const failures: unknown[] = [];
  const ready: { readonly id: string; readonly deletion: Deletion }[] = [];
  for (const { id, requestedAt } of begun) {
    const deletion = await cancelAll(ports, id, requestedAt).catch((error: unknown) => void failures.push(error));
    if (deletion === undefined || deletion.endpoints.length > 0) continue;
    if (clock.now() >= deletion.requestedAt + ports.eraseAfterMs) ready.push({ id, deletion });
  }
  const first = Math.floor(random.next() * ready.length);
  let left = begun.length;
  for (const { id, deletion } of [...ready.slice(first), ...ready.slice(0, first)]) {
    if (clock.now() >= until) break;
    const isDone = await eraseLog(ports, id, deletion, until).catch((error: unknown) => void failures.push(error));
    if (isDone) left--;
  }
  if (failures.length > 0) throw failures[0];
  return left;
}

/**
 * Deletes the account's keys, sessions and endpoints; retry rounds cancel the endpoints' backlogs.
 * @returns the progress; `undefined` if there is nothing to do
 */
async function cancelAll(ports: Ports, account: string, requestedAt: number): Promise<Deletion | undefined> {
  const { accounts, callbacks, endpoints, keys, sessions, states } = ports;
  const { deletion } = await accounts.find(account);
  // Another run ended it and crashed before it removed the entry. The account may have been created again since.
  if (deletion === undefined || deletion.phase === "done") {
    await accounts.strikeDeletion(account, requestedAt);
    return undefined;
  }
  await keys.removeAll(account);
  await sessions.removeAll(account);
  await callbacks.remove(account); // before their endpoints, which would be created again otherwise
  const present = (await endpoints.list(account)).map(({ id }) => id);
  const held = (await endpoints.listRemoved(account)).map(({ id }) => id);
  const known = [...new Set([...deletion.endpoints, ...present, ...held])];
  // Written before they disappear from the list: their backlogs take longer.
  if (known.length > deletion.endpoints.length) await accounts.noteDeletion(account, { ...deletion, endpoints: known });
  for (const id of present) await ports.deleteEndpoint(ports, account, id).catch(throwUnlessGone);
  const waiting = await states.read(known);
  const left = { ...deletion, endpoints: known.filter((id) => waiting.has(id)) };
  if (left.endpoints.length !== deletion.endpoints.length) await accounts.noteDeletion(account, left);
  return left;
}

/** The endpoint was deleted by another request at the same moment. */
function throwUnlessGone(error: unknown): void {
  if (!(error instanceof RappelError && error.code === "ENDPOINT_NOT_FOUND")) throw error;
}

/** @returns whether all data is erased */
async function eraseLog(
  { accounts, activity, claims, clock, deliveries, log, recoveries, stats }: Ports,
  account: string,
  begun: Deletion,
  until: number,
): Promise<boolean> {
  let { eventsErased } = begun;
  for (let pages = 1; ; pages++) {
    const traces = await log.traces(account, PAGE);
    const isErased = async () =>
      (await stats.erase(account, PAGE)) &&
      (await recoveries.erase(account, PAGE)) &&
      (await activity.erase(account, PAGE));
    if (traces.length === 0 && !(await isErased())) {
      if (clock.now() >= until) return false;
      continue;
    }
    if (traces.length === 0) return accounts.noteDeletion(account, { ...begun, phase: "done", eventsErased });
    await deliveries.eraseEnded(
      traces.flatMap(({ id, endpoints }) => endpoints.map((endpoint) => ({ endpoint, eventId: id }))),
    );
    await claims.forgetEventIds(account, [...new Set(traces.flatMap(({ eventId }) => eventId ?? []))]);
    // Last, because the log says where the other items are.
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
