import type { Event } from "../../events/model/event.ts";
import { scanJson, valueAt } from "../../payload/json-scan.ts";
import { LIMITS } from "../../shared/limits.ts";

/** The event types that report a bounce. Mailjet's has a flag that says whether it is for good. */
export const BOUNCE_TYPES = ["bounce", "hard_bounce", "soft_bounce"] as const;

/** A bounced e-mail, according to a platform's event. */
export interface Bounce {
  readonly source: "mailjet" | "sarbacane";
  readonly email: string;
  /** For good: the address does not exist, for example. */
  readonly isHard: boolean;
  /** In the platform's words; empty if it gives none. */
  readonly reason: string;
  readonly eventId: string;
  readonly at: number;
}

/** All bounces of one address. */
export interface BouncedAddress {
  /** As the newest event has it. */
  readonly email: string;
  readonly isHard: boolean;
  readonly count: number;
  readonly last: Bounce;
}

export interface BounceQuery {
  /** Only ids of events below this one. */
  readonly before?: string;
  /** Only ids of events from this one on. */
  readonly after?: string;
  /** Whether bounces that may be temporary are listed too. */
  readonly isSoftIncluded: boolean;
}

/** `undefined` for any other event, and for one without an address. */
export function bounceOf({ id, source, type, acceptedAt, payload }: Event): Bounce | undefined {
  const isMailjet = source === "mailjet" && type === "bounce";
  const isSarbacane = source === "sarbacane" && (type === "hard_bounce" || type === "soft_bounce");
  if (!isMailjet && !isSarbacane) return undefined;
  const members = scanJson(payload).members;
  const fieldIn = (name: string) => {
    const span = members?.get(name);
    return span === undefined ? undefined : valueAt(payload, span);
  };
  const email = fieldIn("email");
  if (typeof email !== "string" || email === "") return undefined;
  const said = (isMailjet ? ["error_related_to", "error", "comment"] : ["category", "smtpDescription"])
    .map(fieldIn)
    .filter((value) => typeof value === "string" && value !== "");
  const isHard = isMailjet ? fieldIn("hard_bounce") === true : type === "hard_bounce";
  const reason = [...said.join(": ")].slice(0, LIMITS.bounceReasonChars).join("");
  return { source: isMailjet ? "mailjet" : "sarbacane", email, isHard, reason, eventId: id, at: acceptedAt };
}

/**
 * One line per address. Upper and lower case do not matter: mailboxes that differ only in case do not exist in practice.
 * @param bounces newest first
 */
export function byAddress(bounces: readonly Bounce[]): BouncedAddress[] {
  const addresses = Map.groupBy(bounces, ({ email }) => email.trim().toLowerCase());
  return [...addresses.values()].flatMap((all) => {
    const [last] = all;
    if (last === undefined) return [];
    return [{ email: last.email, isHard: all.some(({ isHard }) => isHard), count: all.length, last }];
  });
}
