import { claimRequest, completing, type IdempotencyKey } from "../accounts/claim-request.ts";
import type { Account } from "../accounts/model/account.ts";
import type { Change } from "../activity/record-activity.ts";
import { findEndpoint } from "../endpoints/find-endpoint.ts";
import type { Accounts } from "../ports/accounts.ts";
import type { Random } from "../ports/clock.ts";
import type { UnsuccessfulDeliveries } from "../ports/deliveries.ts";
import type { Endpoints, States } from "../ports/endpoints.ts";
import type { Claims, EventQueue } from "../ports/events.ts";
import type { Recoveries } from "../ports/recoveries.ts";
import { RappelError } from "../shared/errors.ts";
import { idFrom, newId } from "../shared/ids.ts";
import { LIMITS } from "../shared/limits.ts";
import { estimateRecovery } from "./estimate-recovery.ts";
import { findRecovery, type RecoveryWithState, withState } from "./find-recovery.ts";
import {
  type Estimate,
  hasEnded,
  isSendingFirst,
  newRecovery,
  type Recovery,
  type RecoveryFilter,
  type RecoveryRequest,
  type RunningRecovery,
  requestKey,
} from "./model/recovery.ts";
import { checkedFilter } from "./model/recovery-filter.ts";
import type { CandidatePorts } from "./read-candidates.ts";

export interface CreatePorts extends CandidatePorts {
  readonly random: Random;
  readonly accounts: Accounts;
  readonly claims: Claims;
  readonly endpoints: Endpoints;
  readonly unsuccessful: UnsuccessfulDeliveries;
  readonly states: States;
  readonly queue: EventQueue;
  readonly recoveries: Recoveries;
}

interface Created {
  readonly recovery: Recovery;
  /** Whether an earlier request with the same Idempotency-Key has created it. */
  readonly isReplay: boolean;
}

const REQUEST_MS = LIMITS.requestSeconds * 1_000;

/** Begins a recovery, or only estimates it. @throws {RappelError} the errors of `createRecovery` */
export async function requestRecovery(
  ports: CreatePorts,
  account: string,
  { request, isDryRun }: { readonly request: RecoveryRequest; readonly isDryRun: boolean },
  idempotency?: Omit<IdempotencyKey, "owner">,
): Promise<
  | (RecoveryWithState & Pick<Created, "isReplay">)
  | { readonly dryRun: RecoveryFilter & { readonly estimate: Estimate } }
> {
  if (isDryRun) return { dryRun: await dryRun(ports, account, request) };
  const { recovery, isReplay } = await createRecovery(ports, account, request, idempotency);
  return { ...(await withState(ports, recovery)), isReplay };
}

/** The change for the account's activity. A dry run and a repeat have changed nothing. */
export function recoveryCreated(requested: Awaited<ReturnType<typeof requestRecovery>>): Change {
  const action = "recovery.created";
  if ("dryRun" in requested) return { action, isReplay: true };
  const { isReplay, recovery } = requested;
  return { action, subject: recovery.id, isReplay, ...(recovery.endpoint && { endpoint: recovery.endpoint }) };
}

async function dryRun(
  ports: CreatePorts,
  account: string,
  request: RecoveryRequest,
): Promise<RecoveryFilter & { readonly estimate: Estimate }> {
  const filter = await filterOf(ports, await ports.accounts.find(account), request);
  return { ...filter, estimate: await estimateRecovery(ports, account, filter) };
}

/**
 * Begins a recovery, which runs in the background. While one with the same request is running, that one is the answer.
 * @param idempotency a repeat with the same key within 24 hours gets the same recovery
 * @throws {RappelError} `ENDPOINT_NOT_FOUND`, `FIELDS_INVALID`, `RECOVERY_LIMIT_REACHED`, `ACCOUNT_DELETED`,
 * `REQUEST_IN_PROGRESS` while the same request is being carried out, `QUEUE_UNAVAILABLE`
 */
export async function createRecovery(
  ports: CreatePorts,
  accountId: string,
  request: RecoveryRequest,
  idempotency?: Omit<IdempotencyKey, "owner">,
): Promise<Created> {
  const account = await ports.accounts.find(accountId);
  if (account.deletion !== undefined)
    throw new RappelError("ACCOUNT_DELETED", `The account ${accountId} was deleted: it has nothing to recover`);
  if (idempotency === undefined) {
    const id = newId("rec", ports.clock.now(), ports.random.next);
    return { recovery: await begin(ports, account, request, id), isReplay: false };
  }
  const { claim, progress } = await claimRequest(ports, { owner: accountId, ...idempotency }, account.eventsSince);
  const id = idFrom("rec", claim.acceptedAt, claim.seed);
  if (progress === "done")
    return { recovery: await findRecovery(ports, accountId, claim.firstIds?.["0"] ?? id), isReplay: true };
  return completing(
    ports,
    claim,
    async () => {
      // A crash after it was stored: only its first step may be missing.
      const earlier = progress === "again" ? await ports.recoveries.find(accountId, id) : undefined;
      if (earlier === undefined) return { recovery: await begin(ports, account, request, id), isReplay: false };
      await ports.queue.recover({ account: accountId, id });
      return { recovery: earlier, isReplay: true };
    },
    ({ recovery }) => ({ firstIds: { 0: recovery.id } }),
  );
}

async function begin(ports: CreatePorts, account: Account, request: RecoveryRequest, id: string): Promise<Recovery> {
  const { clock, queue, recoveries } = ports;
  const key = requestKey(request);
  const running = await recoveries.running(account.id);
  const same = running.find((each) => each.request === key);
  const present = same && (await stillRunning(ports, same, request));
  if (present !== undefined) return present;
  const filter = await filterOf(ports, account, request);
  await checkLimits(
    ports,
    running.filter((each) => each !== same),
  );
  const estimate = await estimateRecovery(ports, account.id, filter);
  const { retentionDays } = account;
  // Different from the other running ones, because it marks the deliveries that this one sends.
  const now = Math.max(clock.now(), ...running.map(({ createdAt }) => createdAt + 1));
  const recovery = newRecovery({ ...filter, id, account: account.id, request: key, estimate, retentionDays }, now);
  const first = await recoveries.begin(recovery);
  const other = first && (await stillRunning(ports, first, request));
  if (other !== undefined) return other;
  if (first !== undefined && !(await recoveries.beginInPlaceOf(recovery, first)))
    throw new RappelError("WRITE_CONFLICT", "The same recovery was requested at the same moment: try again");
  await recoveries.add(recovery);
  await queue.recover({ account: account.id, id });
  return recovery;
}

/** Those that only wait for young events do not count as running. @throws {RappelError} `RECOVERY_LIMIT_REACHED` */
async function checkLimits({ recoveries }: CreatePorts, others: readonly RunningRecovery[]): Promise<void> {
  const active = (await recoveries.read(others)).filter(isSendingFirst);
  if (active.length < LIMITS.recoveriesRunning && others.length < LIMITS.recoveriesUnfinished) return;
  const [count, what] =
    active.length < LIMITS.recoveriesRunning
      ? [LIMITS.recoveriesUnfinished, "unfinished"]
      : [LIMITS.recoveriesRunning, "running"];
  throw new RappelError(
    "RECOVERY_LIMIT_REACHED",
    `The account has ${count} ${what} recoveries, the maximum: wait until one has finished, or cancel one`,
    { retryAfterSeconds: 60 },
  );
}

/**
 * The recovery that answers an equal request. One that only waits for young events does not answer a request whose end is
 * now: more may have failed since.
 * @throws {RappelError} `REQUEST_IN_PROGRESS` while its request has not stored it yet
 */
async function stillRunning(
  { clock, recoveries }: CreatePorts,
  running: RunningRecovery,
  { until }: RecoveryRequest,
): Promise<Recovery | undefined> {
  const found = await recoveries.find(running.account, running.id);
  if (found !== undefined) {
    const isAnswer = !hasEnded(found) && found.cancelRequestedAt === undefined;
    return isAnswer && (until !== undefined || isSendingFirst(found)) ? found : undefined;
  }
  if (clock.now() - running.createdAt > REQUEST_MS) return undefined; // a crash
  throw new RappelError("REQUEST_IN_PROGRESS", "The same recovery is being created by another request", {
    retryAfterSeconds: 1,
  });
}

async function filterOf(ports: CreatePorts, account: Account, request: RecoveryRequest): Promise<RecoveryFilter> {
  if (request.endpoint !== undefined) await findEndpoint(ports, account.id, request.endpoint);
  return checkedFilter(request, account, ports.clock.now());
}
