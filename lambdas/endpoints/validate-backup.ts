import type { Clock } from "../ports/clock.ts";
import type { States, Timer } from "../ports/endpoints.ts";
import { RappelError } from "../shared/errors.ts";
import { isBackup } from "./model/backup.ts";
import type { Endpoint, EndpointConfig } from "./model/endpoint.ts";
import { wakeNow } from "./schedule-wake-up.ts";

/**
 * Whether an endpoint may stand in for those that it names: there is one level of backups.
 * @param all of the account's endpoints
 * @param present it, where it is registered: whom it stands in for already may have been deleted meanwhile
 * @throws {RappelError} `FIELDS_INVALID`
 */
export function requireValidBackup(
  { backupOf = [] }: EndpointConfig,
  all: readonly Endpoint[],
  present?: Endpoint,
): void {
  const { id, backupOf: before = [] } = present ?? {};
  for (const [index, main] of backupOf.entries()) {
    if (before.includes(main)) continue;
    const found = all.find((endpoint) => endpoint.id === main);
    if (found === undefined || main === id) refuse(index, "is no other endpoint of this account");
    else if (isBackup(found)) refuse(index, "is a backup itself");
  }
  const dependent = id === undefined ? undefined : all.find((endpoint) => endpoint.backupOf?.includes(id));
  if (backupOf.length > 0 && dependent !== undefined)
    refuse(0, `cannot be: ${dependent.id} is this endpoint's own backup`);
}

function refuse(index: number, detail: string): never {
  throw new RappelError("FIELDS_INVALID", "Some fields cannot be accepted", {
    errors: [{ pointer: `/backupOf/${index}`, detail, allowed: "another endpoint of the account that is no backup" }],
  });
}

/** Has a new backup handed what waits for those that are suspended already. */
export async function wakeSuspendedMains(
  world: { readonly clock: Clock; readonly states: States; readonly timer: Timer },
  { backupOf = [] }: Pick<EndpointConfig, "backupOf">,
): Promise<void> {
  const states = await world.states.read(backupOf);
  for (const { endpoint, status } of states.values()) if (status === "suspended") await wakeNow(world, endpoint);
}
