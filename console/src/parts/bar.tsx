import type { AnswerOf } from "../api/client.ts";
import { w } from "../words/words.ts";
import { absolute, number } from "./time.tsx";

type Counts = AnswerOf<"GET /v1/stats">["data"][number]["counts"][string] | undefined;

/** Deliveries of each hour: those that succeeded at once, and on top those that failed at first. */
export function Bar({
  label,
  hours,
}: {
  readonly label: string;
  readonly hours: readonly { readonly at: string; readonly counts: Counts; readonly others: Counts }[];
}) {
  const counted = hours.map(({ at, counts }) => ({ at, ...outcomesOf(counts) }));
  const most = Math.max(1, ...counted.map(({ ok, bad }) => ok + bad));
  const [ok, bad] = [sum(counted.map((hour) => hour.ok)), sum(counted.map((hour) => hour.bad))];
  if (ok + bad === 0) return <p class="quiet">{isCounted(hours) ? w().webhooks.noTraffic : w().webhooks.notCounted}</p>;
  const text = w().webhooks.dayLabel(number(ok), number(bad));
  const width = 100 / Math.max(1, counted.length);
  return (
    <figure class="bar">
      <svg viewBox="0 0 100 24" preserveAspectRatio="none" role="img" aria-label={`${label}: ${text}`}>
        {counted.map((hour, n) => {
          const [okHeight, badHeight] = [(hour.ok / most) * 24, (hour.bad / most) * 24];
          return (
            <g key={hour.at}>
              <title>{`${absolute(hour.at)}: ${w().webhooks.dayLabel(number(hour.ok), number(hour.bad))}`}</title>
              <rect class="ok" x={n * width} y={24 - okHeight} width={width * 0.8} height={okHeight} />
              <rect class="bad" x={n * width} y={24 - okHeight - badHeight} width={width * 0.8} height={badHeight} />
            </g>
          );
        })}
      </svg>
      <figcaption class="quiet">{text}</figcaption>
    </figure>
  );
}

/** Only the busiest endpoints are counted by name. Of another one nothing is known, if the others had deliveries. */
function isCounted(hours: readonly { readonly others: Counts }[]): boolean {
  return hours.every(({ others }) => {
    const { ok, bad } = outcomesOf(others);
    return ok + bad === 0;
  });
}

function outcomesOf(counts: Counts): { ok: number; bad: number } {
  if (counts === undefined || typeof counts === "number" || !("queued" in counts)) return { ok: 0, bad: 0 };
  return { ok: counts.delivered, bad: counts.failed + counts.queued };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
