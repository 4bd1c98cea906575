import { language } from "../words/words.ts";

/** Dollars per million events, sent in batches of 25 or one by one. Source: the totals in docs/operations/cost.md. */
export const PER_MILLION = { batches: 0.75, single: 2.72 } as const;
type Sent = keyof typeof PER_MILLION;

const CENT = 0.01;

/** What this many events cost about, from the least to the most; without retries and what is paid when idle. */
export function dollars(events: number): string {
  const [least, most] = [PER_MILLION.batches, PER_MILLION.single].map((price) => (price * events) / 1_000_000);
  if (least === undefined || most === undefined) return "";
  return most > 0 && most < CENT ? `< ${money(CENT)}` : `${money(least)} – ${money(most)}`;
}

export function dollarsPerMillion(sent: Sent): string {
  return money(PER_MILLION[sent]);
}

function money(amount: number): string {
  return new Intl.NumberFormat(language.value, { style: "currency", currency: "USD" }).format(amount);
}
