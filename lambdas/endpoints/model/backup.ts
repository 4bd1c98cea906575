import type { Endpoint } from "./endpoint.ts";
import type { EndpointState } from "./endpoint-state.ts";

/** Whether the endpoint is a backup of others. */
export function isBackup({ backupOf }: Pick<Endpoint, "backupOf">): boolean {
  return backupOf !== undefined;
}

/** The backups of an endpoint, in the order of registration. */
export function backupsOf(main: string, all: readonly Endpoint[]): readonly Endpoint[] {
  return all.filter(({ backupOf = [] }) => backupOf.includes(main));
}

/** Whether a backup can take over deliveries: they must not wait there until someone resumes it. */
export function canTakeOver(state: EndpointState | undefined): boolean {
  return state?.status === "active" || state?.status === "failing";
}
