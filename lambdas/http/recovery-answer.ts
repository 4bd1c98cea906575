import type { Estimate, RecoveryFilter } from "../recoveries/model/recovery.ts";
import { AnswerWithHeaders, repeatable } from "./router.ts";
import { dryRunView, type RecoveryAndState, recoveryView } from "./views/recovery-views.ts";

const DRY_RUN_STATUS = 200;

/** The answer to `POST /v1/recoveries`: the recovery, or what it would send. */
export function recoveryAnswer(
  requested:
    | (RecoveryAndState & { readonly isReplay: boolean })
    | { readonly dryRun: RecoveryFilter & { readonly estimate: Estimate } },
): AnswerWithHeaders {
  if ("dryRun" in requested) return new AnswerWithHeaders(dryRunView(requested.dryRun), {}, DRY_RUN_STATUS);
  return repeatable(recoveryView(requested), requested.isReplay);
}
