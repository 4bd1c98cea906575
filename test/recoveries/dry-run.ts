import { requestRecovery } from "../../lambdas/recoveries/create-recovery.ts";
import type { Estimate, RecoveryRequest } from "../../lambdas/recoveries/model/recovery.ts";
import type { MemoryWorld } from "../support/memory-world.ts";
import { MISSED } from "./recovery-steps.ts";

/** What a recovery would send; it is not begun. */
export async function dryRunOf(world: MemoryWorld, request: Partial<RecoveryRequest>): Promise<Estimate> {
  const answered = await requestRecovery(world, "acme", { request: { ...MISSED, ...request }, isDryRun: true });
  if (!("dryRun" in answered)) throw new Error("The dry run began a recovery");
  return answered.dryRun.estimate;
}
