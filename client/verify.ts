import { Webhook } from "standardwebhooks";

/** A request's headers: of the Fetch API, or by name in any case, as Node, Lambda and Express give them. */
export type WebhookHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

const NAMES = ["webhook-id", "webhook-timestamp", "webhook-signature"] as const;

/** A webhook whose signature was verified. */
export interface Verified {
  /** The event's id, the same in each attempt: a receiver that has seen it answers 200 and does nothing. */
  readonly id: string;
  /** When this attempt was made. */
  readonly sentAt: Date;
}

/**
 * Verifies a webhook's signature by Standard Webhooks 1.0.0, and that it is at most five minutes old.
 * @param body the request's body as it arrived, before any parsing
 * @param secret the endpoint's secret `whsec_…`; several while a secret is rotated
 * @throws {WebhookVerificationError} if it does not match
 */
export function verify(
  body: string | Uint8Array,
  headers: WebhookHeaders,
  secret: string | readonly string[],
): Verified {
  const found = Object.fromEntries(NAMES.map((name) => [name, headerOf(headers, name)]));
  // The library takes text. All formats are UTF-8, which decoding and encoding leaves as it is.
  const text = typeof body === "string" ? body : new TextDecoder("utf-8", { ignoreBOM: true }).decode(body);
  const [first = "", ...others] = [secret].flat();
  verifyByOne(text, found, first, others);
  return { id: found["webhook-id"] ?? "", sentAt: new Date(Number(found["webhook-timestamp"]) * 1_000) };
}

function verifyByOne(text: string, headers: Record<string, string>, secret: string, others: readonly string[]): void {
  try {
    new Webhook(secret).verify(text, headers, { jsonParse: false });
  } catch (error) {
    const [next, ...rest] = others;
    if (next === undefined) throw error;
    verifyByOne(text, headers, next, rest);
  }
}

function headerOf(headers: WebhookHeaders, name: string): string {
  if (typeof headers.get === "function") return String(headers.get(name) ?? "");
  const given = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  return [given].flat()[0] ?? "";
}
