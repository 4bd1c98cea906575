import { domainToASCII } from "node:url";
import type { Event } from "../../events/model/event.ts";
import { scanJson, valueAt } from "../../payload/json-scan.ts";

/** Whether an e-mail was delivered, according to a platform's event. */
export interface EmailOutcome {
  readonly source: "mailjet" | "sarbacane";
  readonly isDelivered: boolean;
  /** The recipient's domain in lower case; absent if the event has none. */
  readonly domain?: string;
}

/**
 * The event types that report this. `open`, `click`, `spam` and `unsub` follow for e-mails that were already counted.
 */
const EMAIL_OUTCOMES: Readonly<Record<EmailOutcome["source"], Readonly<Record<string, boolean>>>> = {
  mailjet: { sent: true, blocked: false, bounce: false },
  sarbacane: { delivered: true, hard_bounce: false, soft_bounce: false },
};

const DOMAIN = /^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/;
const DOMAIN_CHARS = 253; // RFC 1035, as text

/** `undefined` for an event that does not report whether an e-mail was delivered. */
export function emailOutcomeOf({
  source,
  type,
  payload,
}: Pick<Event, "source" | "type" | "payload">): EmailOutcome | undefined {
  if (source !== "mailjet" && source !== "sarbacane") return undefined;
  const outcomes = EMAIL_OUTCOMES[source];
  const isDelivered = Object.hasOwn(outcomes, type) ? outcomes[type] : undefined;
  if (isDelivered === undefined) return undefined;
  const domain = domainIn(payload);
  return { source, isDelivered, ...(domain !== undefined && { domain }) };
}

/** The domain of the payload's `email`, in lower-case ASCII as in DNS. Nothing else of the payload is read. */
function domainIn(payload: Uint8Array): string | undefined {
  const span = scanJson(payload).members?.get("email");
  const email = span === undefined ? undefined : valueAt(payload, span);
  if (typeof email !== "string") return undefined;
  const domain = domainToASCII(email.slice(email.lastIndexOf("@") + 1));
  return email.includes("@") && domain.length <= DOMAIN_CHARS && DOMAIN.test(domain) ? domain : undefined;
}
