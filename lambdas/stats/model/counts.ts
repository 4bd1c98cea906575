/**
 * Counts by name: `type#open`, `outcome#delivered`, `ep.delivered#01JD…` and `ep.250#01JD…` for an endpoint;
 * `mailjet#undelivered#example.com`.
 */
export type Counts = Readonly<Record<string, number>>;

/** All names for which a window has no room, counted together. Neither a type nor a domain can have this name. */
export const OTHERS = "*";

/** The sums by name. */
export function summed(all: readonly Counts[]): Counts {
  const sums = new Map<string, number>();
  for (const counts of all)
    for (const [name, count] of Object.entries(counts)) sums.set(name, (sums.get(name) ?? 0) + count);
  return Object.fromEntries(sums);
}
