import type { OperationalType } from "../../events/model/operational-types.ts";
import { LIMITS } from "../../shared/limits.ts";
import { asSeen, type StateChange } from "./conditional-update.ts";
import { type Announcement, type AnnouncementHour, type EndpointState, statusReasonText } from "./endpoint-state.ts";

const HOUR_MS = 3_600_000;
/** Published in any case: only a user ends a suspension or rotates a secret, and the expiry check runs once a day. */
const ALWAYS: readonly OperationalType[] = [
  "rappel.endpoint.suspended",
  "rappel.endpoint.expiring",
  "rappel.endpoint.secret_rotated",
];

type Fields = Pick<EndpointState, "announce" | "announceHour">;
type Occasion = Pick<Announcement, "type" | "at" | "reason"> & {
  /** It concerns operational webhooks alone: these would cause each other forever. */
  readonly isQuiet?: boolean;
};

/** Adds a status event to those that are not published yet. */
export function announcing(
  { announce = [], announced, announceHour }: EndpointState,
  { isQuiet = false, ...occasion }: Occasion,
): Required<Pick<StateChange, "add">> & { readonly set: Fields } {
  const isSameHour = announceHour !== undefined && occasion.at < announceHour.since + HOUR_MS;
  // A summary that is due is published by a round; until then the hour goes on.
  const isOpen = isSameHour || (announceHour?.unpublished ?? 0) > 0;
  const hour =
    isOpen && announceHour !== undefined ? announceHour : { since: occasion.at, published: 0, unpublished: 0 };
  const isSurplus = !ALWAYS.includes(occasion.type) && hour.published >= LIMITS.statusEventsPerHour;
  const isCounted = !isQuiet && !ALWAYS.includes(occasion.type);
  const announcement = { number: announced + 1, ...occasion, ...((isQuiet || isSurplus) && { isSilent: true }) };
  return {
    set: { announce: [...announce, announcement], ...(isCounted && { announceHour: counted(hour, isSurplus) }) },
    add: { announced: 1 },
  };
}

function counted(hour: AnnouncementHour, isSurplus: boolean): AnnouncementHour {
  return isSurplus ? { ...hour, unpublished: hour.unpublished + 1 } : { ...hour, published: hour.published + 1 };
}

/** When the summary of an hour is due, epoch ms; infinity if there is nothing to tell. */
export function summaryDueAt({ announceHour }: Pick<EndpointState, "announceHour">): number {
  return announceHour === undefined || announceHour.unpublished === 0
    ? Number.POSITIVE_INFINITY
    : announceHour.since + HOUR_MS;
}

/** Publishes how many changes were not published in the hour, and the status now. A new hour begins with it. */
export function summarised(seen: EndpointState, now: number): StateChange {
  const { unpublished = 0, since = now } = seen.announceHour ?? {};
  const changes = unpublished === 1 ? "one more change" : `${unpublished} more changes`;
  const from = new Date(since).toISOString();
  const reason = `${changes} of its status since ${from}; it is ${seen.status} now: ${statusReasonText(seen.statusReason)}`;
  const fresh = { ...seen, announceHour: { since: now, published: 0, unpublished: 0 } };
  return {
    ...announcing(fresh, { type: "rappel.endpoint.flapping", at: now, reason }),
    onlyIf: [asSeen("version", seen.version), asSeen("announced", seen.announced)],
  };
}

/** A failing endpoint that had only operational webhooks gets other events now: its status is published after all. */
export function noLongerQuiet(seen: EndpointState, now: number): StateChange | undefined {
  if (seen.isQuiet !== true || seen.status !== "failing") return undefined;
  const reason = statusReasonText(seen.statusReason);
  const { set, add } = announcing(seen, { type: "rappel.endpoint.failing", at: now, reason });
  return {
    set,
    add,
    remove: ["isQuiet"],
    onlyIf: [asSeen("version", seen.version), asSeen("announced", seen.announced)],
  };
}

/** The daily expiry check was made. @param reason what expires soon, to be published; absent: nothing does */
export function expiryChecked(seen: EndpointState, now: number, reason?: string): StateChange {
  const announcement =
    reason === undefined ? undefined : announcing(seen, { type: "rappel.endpoint.expiring", at: now, reason });
  return {
    set: { expiryCheckedAt: now, ...announcement?.set },
    ...(announcement && { add: announcement.add }),
    onlyIf: [asSeen("version", seen.version), asSeen("announced", seen.announced), asSeen("roundId", seen.roundId)],
  };
}

/** The signing secret was rotated. The round that the caller starts publishes it. @param reason never the secret */
export function secretRotated(seen: EndpointState, now: number, reason: string): StateChange {
  return {
    ...announcing(seen, { type: "rappel.endpoint.secret_rotated", at: now, reason }),
    onlyIf: [asSeen("announced", seen.announced)],
  };
}

/** All status events were published. */
export function published(seen: EndpointState): StateChange {
  return { set: { publishedTo: seen.announced }, remove: ["announce"], onlyIf: [asSeen("announced", seen.announced)] };
}

/** The same if the state has new status events by now: the function that added those publishes them. */
export function publishedSoFar({ announced }: EndpointState): StateChange {
  return { set: { publishedTo: announced }, onlyIf: [{ field: "publishedTo", is: "absent or below", to: announced }] };
}
