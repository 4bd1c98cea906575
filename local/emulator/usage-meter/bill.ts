import type { Count } from "./ledger.ts";
import { PRICES, UNITS, type Unit } from "./prices.ts";

/** One line of a bill. */
export interface BillLine {
  readonly service: string;
  /** The caller and action, such as `dispatch PutItem`; or a function's name, or a route. */
  readonly label: string;
  readonly unit: Unit;
  readonly amount: number;
  readonly dollars: number;
}

/** The bill of a run. The most expensive service is first, and in it the most expensive line. */
export function billOf(counts: readonly Count[]): BillLine[] {
  const lines = counts.flatMap((count) =>
    UNITS.map((unit) => ({ label: labelOf(count), unit, amount: count.used[unit] ?? 0 })).filter(
      ({ amount }) => amount > 0,
    ),
  );
  const priced = [...Map.groupBy(lines, ({ label, unit }) => `${unit}\0${label}`).values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const { label, unit } = first;
    const amount = same.reduce((sum, line) => sum + line.amount, 0);
    const { service, dollars, per } = PRICES[unit];
    return [{ service, label, unit, amount, dollars: (amount * dollars) / per }];
  });
  const ofService = (service: string) => dollarsOf(priced.filter((line) => line.service === service));
  return priced.toSorted(
    (a, b) =>
      ofService(b.service) - ofService(a.service) || a.service.localeCompare(b.service) || b.dollars - a.dollars,
  );
}

export function dollarsOf(lines: readonly Pick<BillLine, "dollars">[]): number {
  return lines.reduce((sum, { dollars }) => sum + dollars, 0);
}

/**
 * Whether the number of calls depends on time and not on events: long polls without messages, and the sweeper. Their cost
 * per month does not depend on traffic.
 */
export function isTimeDriven({ by, service, action, resource }: Count): boolean {
  const isSweep = by === "sweep" || resource === "sweep" || (service === "scheduler" && /EveryMinute/.test(resource));
  return isSweep || action === "ReceiveMessage (empty)";
}

function labelOf({ by, service, action, resource }: Count): string {
  const hasActor = service === "dynamodb" || service === "sqs";
  return hasActor ? `${by} ${action}` : resource;
}
