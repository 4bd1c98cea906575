import type { Recoveries } from "../../../lambdas/ports/recoveries.ts";
import type { Recovery } from "../../../lambdas/recoveries/model/recovery.ts";
import type { RecoveryChecks } from "../checks/recovery-checks.ts";
import type { Environment } from "../function.ts";

/**
 * The recoveries of one execution environment: each call takes time, and may fail or crash it.
 * @param areVersionsIgnored whether each change is saved, as a mutant
 */
export function recoveriesFor(
  recoveries: Recoveries,
  environment: Environment,
  checks: RecoveryChecks,
  areVersionsIgnored = false,
): Recoveries {
  return {
    begin: (recovery) => environment.call(`begin ${recovery.id}`, () => recoveries.begin(recovery)),
    beginInPlaceOf: (recovery, before) =>
      environment.call(`begin ${recovery.id} in place of ${before.id}`, () =>
        recoveries.beginInPlaceOf(recovery, before),
      ),
    end: (recovery) => environment.call(`end ${recovery.id}`, () => recoveries.end(recovery)),
    running: (account) => environment.call("read running recoveries", () => recoveries.running(account)),
    add: (recovery) =>
      environment.call(`add ${described(recovery)}`, async () => {
        if ((await recoveries.find(recovery.account, recovery.id)) === undefined) checks.saved(recovery);
        return recoveries.add(recovery);
      }),
    find: (account, id) => environment.call(`read ${id}`, () => recoveries.find(account, id)),
    read: (of) => environment.call("read recoveries", () => recoveries.read(of)),
    list: recoveries.list,
    save: (recovery) =>
      environment.call(`save ${described(recovery)}`, async () => {
        const found = areVersionsIgnored ? await recoveries.find(recovery.account, recovery.id) : undefined;
        const isSaved = await recoveries.save(found ? { ...recovery, version: found.version + 1 } : recovery);
        if (isSaved) checks.saved(recovery);
        return isSaved;
      }),
    requestCancel: (account, id, at) =>
      environment.call(`cancel ${id}`, () => recoveries.requestCancel(account, id, at)),
    erase: recoveries.erase,
  };
}

function described({ id, status, after, resent, skipped, statuses, endpoint = "all" }: Recovery): string {
  return `${id} (${statuses} of ${endpoint}) as ${status} after ${after}: ${resent} resent, ${skipped} skipped`;
}
