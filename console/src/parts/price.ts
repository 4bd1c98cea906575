import { language } from "../words/words.ts";

/** Dollars per million events, sent in batches of 25 or one by one. Source: the totals in docs/operations/cost.md. */
export const PER_MILLION = { batches: 0.75, single: 2.72 } as const;
type Sent = keyof typeof PER_MILLION;

/** What this many events cost about; without retries and what is paid when idle. */
export function dollars(sent: Sent, events: number): string {
  return money((PER_MILLION[sent] * events) / 1_000_000);
}

export function dollarsPerMillion(sent: Sent): string {
  return money(PER_MILLION[sent]);
}

function money(amount: number): string {
  return new Intl.NumberFormat(language.value, { style: "currency", currency: "USD" }).format(amount);
}
