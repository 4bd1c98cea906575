import type { Endpoint } from "./endpoint.ts";
import type { EndpointState } from "./endpoint-state.ts";

/** Whether it only stands in for others. */
export function isBackup({ backupOf }: Pick<Endpoint, "backupOf">): boolean {
  return backupOf !== undefined;
}

/** Who stands in for an endpoint, in the order of registration. */
export function backupsOf(main: string, all: readonly Endpoint[]): readonly Endpoint[] {
  return all.filter(({ backupOf = [] }) => backupOf.includes(main));
}

/** Whether it can be handed anything: what it is handed must not wait for a person. */
export function canTakeOver(state: EndpointState | undefined): boolean {
  return state?.status === "active" || state?.status === "failing";
}
