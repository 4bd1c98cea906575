import type * as z from "zod";
import type { EndpointState } from "../../endpoints/model/endpoint-state.ts";
import { explainDryRun, explainRecovery } from "../../recoveries/model/explain-recovery.ts";
import { type Estimate, type Recovery, type RecoveryFilter, shownStatus } from "../../recoveries/model/recovery.ts";
import type { RecoveryDryRunView, RecoveryView } from "../responses/recovery-responses.ts";
import { timeText } from "../schemas/fields.ts";

type Filtered = RecoveryFilter & { readonly estimate: Estimate };

function filterView({ endpoint, since, until, types, statuses, estimate }: Filtered) {
  return {
    endpoint: endpoint ?? null,
    since: timeText(since),
    until: timeText(until),
    types: types === undefined ? null : [...types],
    statuses: [...statuses],
    estimate: { ...estimate },
  };
}

export interface RecoveryAndState {
  readonly recovery: Recovery;
  /** Of its endpoint, if it is about one. */
  readonly state: EndpointState | undefined;
}

export function recoveryView({ recovery, state }: RecoveryAndState): z.input<typeof RecoveryView> {
  const { id, account, scannedUntil, resent, skipped, createdAt, updatedAt, finishedAt } = recovery;
  return {
    id,
    account,
    ...filterView(recovery),
    status: shownStatus(recovery),
    progress: { scannedUntil: timeText(scannedUntil), matched: resent + skipped, resent, skipped },
    createdAt: timeText(createdAt),
    updatedAt: timeText(updatedAt),
    finishedAt: finishedAt === undefined ? null : timeText(finishedAt),
    explanation: explainRecovery(recovery, state),
  };
}

export function dryRunView(filtered: Filtered): z.input<typeof RecoveryDryRunView> {
  return { ...filterView(filtered), explanation: explainDryRun(filtered.estimate) };
}
