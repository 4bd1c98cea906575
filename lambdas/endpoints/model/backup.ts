import { type Event, isWanted } from "../../events/model/event.ts";
import type { Endpoint, EndpointState } from "./endpoint.ts";

/** Whether it only stands in for others. */
export function isBackup({ backupOf }: Pick<Endpoint, "backupOf">): boolean {
  return backupOf !== undefined;
}

/** Who stands in for an endpoint, in the order of registration. */
export function backupsOf(main: string, all: readonly Endpoint[]): readonly Endpoint[] {
  return all.filter(({ backupOf = [] }) => backupOf.includes(main));
}

/** Whether a backup takes an event in another's stead: as for any endpoint, one that tells of itself it does not get. */
export function takes({ id, eventTypes }: Endpoint, { type, about }: Pick<Event, "type" | "about">): boolean {
  return isWanted(eventTypes, type) && id !== about;
}

/** Whether it can be handed anything: what it is handed must not wait for a person. */
export function canStandIn(state: EndpointState | undefined): boolean {
  return state?.status === "active" || state?.status === "failing";
}
