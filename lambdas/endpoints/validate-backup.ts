import type { Clock } from "../ports/clock.ts";
import type { States, Timer } from "../ports/endpoints.ts";
import { RappelError } from "../shared/errors.ts";
import { isBackup } from "./model/backup.ts";
import type { Endpoint, EndpointConfig } from "./model/endpoint.ts";
import { wakeNow } from "./schedule-wake-up.ts";

/**
 * Makes sure that an endpoint can be the backup of the endpoints it names: a backup cannot have a backup.
 * @param all the account's endpoints
 * @param current the endpoint, if it is registered: endpoints that it already backs up may have been deleted since
 * @throws {RappelError} `FIELDS_INVALID`
 */
export function requireValidBackup(
  { backupOf = [] }: EndpointConfig,
  all: readonly Endpoint[],
  current?: Endpoint,
): void {
  const { id, backupOf: before = [] } = current ?? {};
  for (const [index, main] of backupOf.entries()) {
    if (before.includes(main)) continue;
    const found = all.find((endpoint) => endpoint.id === main);
    if (found === undefined || main === id) refuse(index, "is not another endpoint of this account");
    else if (isBackup(found)) refuse(index, "is a backup itself");
  }
  const dependent = id === undefined ? undefined : all.find((endpoint) => endpoint.backupOf?.includes(id));
  if (backupOf.length > 0 && dependent !== undefined)
    refuse(0, `cannot be set: ${dependent.id} is a backup of this endpoint`);
}

function refuse(index: number, detail: string): never {
  throw new RappelError("FIELDS_INVALID", "Some fields are invalid", {
    errors: [
      { pointer: `/backupOf/${index}`, detail, allowed: "another endpoint of the account that is not a backup" },
    ],
  });
}

/** Starts a round for each suspended endpoint of a new backup, which moves the pending deliveries there. */
export async function wakeSuspendedMains(
  ports: { readonly clock: Clock; readonly states: States; readonly timer: Timer },
  { backupOf = [] }: Pick<EndpointConfig, "backupOf">,
): Promise<void> {
  const states = await ports.states.read(backupOf);
  for (const { endpoint, status } of states.values()) if (status === "suspended") await wakeNow(ports, endpoint);
}
