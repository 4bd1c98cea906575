import type { EndpointState } from "../endpoints/model/endpoint-state.ts";
import type { Clock } from "../ports/clock.ts";
import type { States } from "../ports/endpoints.ts";
import type { EventQueue } from "../ports/events.ts";
import type { Page } from "../ports/page.ts";
import type { Recoveries } from "../ports/recoveries.ts";
import { RappelError } from "../shared/errors.ts";
import { hasEnded, type Recovery } from "./model/recovery.ts";

interface Ports {
  readonly recoveries: Recoveries;
}

/** @throws {RappelError} `RECOVERY_NOT_FOUND` */
export async function findRecovery({ recoveries }: Ports, account: string, id: string): Promise<Recovery> {
  const found = await recoveries.find(account, id);
  if (found !== undefined) return found;
  throw recoveryNotFound();
}

export function recoveryNotFound(): RappelError {
  return new RappelError("RECOVERY_NOT_FOUND", "The account has no recovery with this id, or it is no longer kept");
}

/** A recovery with the health of its endpoint, if it is about one. */
export interface RecoveryWithState {
  readonly recovery: Recovery;
  readonly state: EndpointState | undefined;
}

type StatePorts = Ports & { readonly states: States };

async function withStates({ states }: StatePorts, recoveries: readonly Recovery[]): Promise<RecoveryWithState[]> {
  const endpoints = new Set(recoveries.flatMap(({ endpoint }) => endpoint ?? []));
  const found = await states.read([...endpoints]);
  return recoveries.map((recovery) => ({ recovery, state: found.get(recovery.endpoint ?? "") }));
}

export async function withState(ports: StatePorts, recovery: Recovery): Promise<RecoveryWithState> {
  const [found] = await withStates(ports, [recovery]);
  return found ?? { recovery, state: undefined };
}

/** @throws {RappelError} `RECOVERY_NOT_FOUND` */
export async function readRecovery(ports: StatePorts, account: string, id: string): Promise<RecoveryWithState> {
  return withState(ports, await findRecovery(ports, account, id));
}

interface RecoveryQuery {
  readonly before?: string;
  readonly limit: number;
}

/** The recoveries of an account, newest first; without an account, the running ones of all accounts. */
export async function listRecoveries(
  ports: StatePorts,
  account: string | undefined,
  query: RecoveryQuery,
): Promise<Page<RecoveryWithState>> {
  const page = account === undefined ? await runningPage(ports, query) : await ports.recoveries.list(account, query);
  return { ...page, items: await withStates(ports, page.items) };
}

/** Running ones are few: they are all in one partition, by account. Only what is shown is read in full. */
async function runningPage({ recoveries }: Ports, { before, limit }: RecoveryQuery): Promise<Page<Recovery>> {
  const running = (await recoveries.running())
    .filter(({ id }) => before === undefined || id < before)
    .toSorted((a, b) => (a.id < b.id ? 1 : -1));
  const shown = running.slice(0, limit);
  const found = new Map((await recoveries.read(shown)).map((recovery) => [recovery.id, recovery]));
  const items = shown.flatMap(({ id }) => found.get(id) ?? []);
  const next = shown.at(-1)?.id;
  return running.length > limit && next !== undefined ? { items, next } : { items };
}

/**
 * Cancels a recovery before its next step; one that has ended stays as it is. What has joined a backlog is still sent.
 * @throws {RappelError} `RECOVERY_NOT_FOUND`, `QUEUE_UNAVAILABLE`
 */
export async function cancelRecovery(
  ports: StatePorts & { readonly clock: Clock; readonly queue: EventQueue },
  account: string,
  id: string,
): Promise<RecoveryWithState> {
  const { clock, queue, recoveries } = ports;
  if (!hasEnded(await findRecovery(ports, account, id))) {
    await recoveries.requestCancel(account, id, clock.now());
    await queue.recover({ account, id }); // its own next step can be minutes away
  }
  return readRecovery(ports, account, id);
}
