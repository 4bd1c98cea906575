import type { Recoveries } from "../../../lambdas/ports/recoveries.ts";
import type { Environment } from "../function.ts";

/** The recoveries of one execution environment: each call takes time, and may fail or crash it. */
export function recoveriesFor(recoveries: Recoveries, environment: Environment): Recoveries {
  return {
    begin: (recovery) => environment.call(`begin ${recovery.id}`, () => recoveries.begin(recovery)),
    beginInPlaceOf: (recovery, before) =>
      environment.call(`begin ${recovery.id} in place of ${before.id}`, () =>
        recoveries.beginInPlaceOf(recovery, before),
      ),
    end: (recovery) => environment.call(`end ${recovery.id}`, () => recoveries.end(recovery)),
    running: (account) => environment.call("read running recoveries", () => recoveries.running(account)),
    add: (recovery) => environment.call(`add ${recovery.id}`, () => recoveries.add(recovery)),
    find: (account, id) => environment.call(`read ${id}`, () => recoveries.find(account, id)),
    read: (of) => environment.call("read recoveries", () => recoveries.read(of)),
    list: recoveries.list,
    save: (recovery) =>
      environment.call(
        `save ${recovery.id} as ${recovery.status} after ${recovery.after}, ${recovery.resent} resent`,
        () => recoveries.save(recovery),
      ),
    requestCancel: (account, id, at) =>
      environment.call(`cancel ${id}`, () => recoveries.requestCancel(account, id, at)),
    erase: recoveries.erase,
  };
}
