import { domainToASCII } from "node:url";
import type { Event } from "../../events/model/event.ts";
import { scanJson, valueAt } from "../../payload/json-scan.ts";

/** Whether an e-mail arrived, as its platform's event tells. */
export interface EmailOutcome {
  readonly source: "mailjet" | "sarbacane";
  readonly isDelivered: boolean;
  /** Of the recipient, in lower case; absent where the event names none. */
  readonly domain?: string;
}

/** The types that tell it; `open`, `click`, `spam` and `unsub` tell of an e-mail that was counted before. */
export const EMAIL_OUTCOMES: Readonly<Record<EmailOutcome["source"], Readonly<Record<string, boolean>>>> = {
  mailjet: { sent: true, blocked: false, bounce: false },
  sarbacane: { delivered: true, hard_bounce: false, soft_bounce: false },
};

const DOMAIN = /^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/;
const DOMAIN_CHARS = 253; // RFC 1035, as text

/** `undefined` for what tells of no e-mail, or of none that arrived or did not. */
export function emailOutcomeOf({
  source,
  type,
  payload,
}: Pick<Event, "source" | "type" | "payload">): EmailOutcome | undefined {
  if (source !== "mailjet" && source !== "sarbacane") return undefined;
  const fates = EMAIL_OUTCOMES[source];
  const isDelivered = Object.hasOwn(fates, type) ? fates[type] : undefined;
  if (isDelivered === undefined) return undefined;
  const domain = domainIn(payload);
  return { source, isDelivered, ...(domain !== undefined && { domain }) };
}

/** The domain of the payload's `email`, in the letters of DNS, which are lower case. Nothing else of the payload is read. */
function domainIn(payload: Uint8Array): string | undefined {
  const span = scanJson(payload).members?.get("email");
  const email = span === undefined ? undefined : valueAt(payload, span);
  if (typeof email !== "string") return undefined;
  const domain = domainToASCII(email.slice(email.lastIndexOf("@") + 1));
  return email.includes("@") && domain.length <= DOMAIN_CHARS && DOMAIN.test(domain) ? domain : undefined;
}
