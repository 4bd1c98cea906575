import { useState } from "preact/hooks";
import type { AnswerOf } from "../api/client.ts";
import { account, api, may } from "../api/session.ts";
import { Chart, type Series } from "../parts/chart.tsx";
import { Loaded } from "../parts/parts.tsx";
import { number } from "../parts/time.tsx";
import { useLive } from "../parts/use-live.ts";
import { w } from "../words/words.ts";

type Stats = AnswerOf<"GET /v1/stats">;

const PERIODS = {
  day: { days: 1, interval: "1h" },
  week: { days: 7, interval: "6h" },
  month: { days: 31, interval: "1d" },
} as const;
type Period = keyof typeof PERIODS;
const DAY_MS = 86_400_000;
const NAMED = 6; // further names would be hard to tell apart
const RATE_LIMIT = 60; // percent: Sarbacane stops a campaign there

/** Events by type, deliveries by outcome, and e-mails by destination. */
export function Statistics() {
  const words = w().statistics;
  const [period, setPeriod] = useState<Period>("day");
  const live = useLive(
    `statistics ${account.value} ${period}`,
    async (signal) => {
      const { days, interval } = PERIODS[period];
      const query = { interval, from: new Date(Date.now() - days * DAY_MS).toISOString() } as const;
      const [types, outcomes, emails] = await Promise.all(
        (["type", "outcome", "destination"] as const).map((by) =>
          api("GET /v1/stats", { query: { ...query, by }, signal }),
        ),
      );
      return { types, outcomes, emails };
    },
    30_000,
  );
  return (
    <section>
      <div class="title">
        <h1>{words.title}</h1>
        <label>
          <span class="hidden">{words.period}</span>
          <select value={period} onChange={({ currentTarget }) => setPeriod(currentTarget.value as Period)}>
            {(Object.keys(PERIODS) as Period[]).map((each) => (
              <option key={each} value={each}>
                {words[each]}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Loaded live={live}>
        {({ types, outcomes, emails }) => (
          <>
            <h2>{words.byType}</h2>
            {types && <Chart label={words.byType} at={timesOf(types)} series={countsOf(types)} />}
            <h2>{words.byOutcome}</h2>
            {outcomes && <Chart label={words.byOutcome} at={timesOf(outcomes)} series={outcomesOf(outcomes)} />}
            <h2>{words.byDestination}</h2>
            {emails && <Destinations stats={emails} />}
            {may("read") && <BouncesOnDemand />}
          </>
        )}
      </Loaded>
    </section>
  );
}

const timesOf = ({ data }: Stats) => data.map(({ at }) => at);

/** The busiest names; all others together. */
function countsOf({ data }: Stats): Series[] {
  const names = [...new Set(data.flatMap(({ counts }) => Object.keys(counts)))];
  const series = names.map((name) => ({ name, values: data.map(({ counts }) => numberIn(counts[name])) }));
  const total = ({ values }: Series) => values.reduce((sum, value) => sum + value, 0);
  const sorted = series.sort((a, b) => total(b) - total(a));
  const others = sorted.slice(NAMED);
  if (others.length === 0) return sorted;
  const values = data.map((_, n) => others.reduce((sum, each) => sum + (each.values[n] ?? 0), 0));
  return [...sorted.slice(0, NAMED), { name: w().statistics.others, values }];
}

function outcomesOf(stats: Stats): Series[] {
  const { outcomes } = w().statistics;
  return countsOf(stats).map(({ name, values }) => ({ name: outcomes[name as keyof typeof outcomes] ?? name, values }));
}

function numberIn(count: Stats["data"][number]["counts"][string] | undefined): number {
  return typeof count === "number" ? count : 0;
}

/** E-mails that did not arrive, in percent: over the line a platform may stop sending. */
function Destinations({ stats }: { readonly stats: Stats }) {
  const words = w().statistics;
  const domains = new Map<string, { delivered: number; undelivered: number }>();
  const rates = stats.data.map(({ counts }) => {
    let [delivered, undelivered] = [0, 0];
    for (const [domain, count] of Object.entries(counts)) {
      if (typeof count === "number" || !("undelivered" in count)) continue;
      delivered += count.delivered;
      undelivered += count.undelivered;
      const held = domains.get(domain) ?? { delivered: 0, undelivered: 0 };
      domains.set(domain, {
        delivered: held.delivered + count.delivered,
        undelivered: held.undelivered + count.undelivered,
      });
    }
    return delivered + undelivered === 0 ? 0 : Math.round((undelivered / (delivered + undelivered)) * 100);
  });
  if (domains.size === 0) return <p class="quiet">{words.noEmails}</p>;
  return (
    <>
      <p class="quiet">{words.rate(RATE_LIMIT)}</p>
      <Chart
        label={words.byDestination}
        at={timesOf(stats)}
        series={[{ name: words.percent, values: rates }]}
        limit={RATE_LIMIT}
      />
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{words.domain}</th>
              <th scope="col" class="number">
                {words.arrived}
              </th>
              <th scope="col" class="number">
                {words.notArrived}
              </th>
            </tr>
          </thead>
          <tbody>
            {[...domains]
              .sort(([, a], [, b]) => b.delivered + b.undelivered - a.delivered - a.undelivered)
              .map(([domain, { delivered, undelivered }]) => (
                <tr key={domain}>
                  <th scope="row">{domain === "*" ? words.others : domain}</th>
                  <td class="number">{number(delivered)}</td>
                  <td class="number">{number(undelivered)}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** The list reads the log, which can be long: only when somebody opens it. */
function BouncesOnDemand() {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{w().statistics.bounces}</summary>
      {isOpen && <Bounces />}
    </details>
  );
}

function Bounces() {
  const words = w().statistics;
  const live = useLive(`bounces ${account.value}`, (signal) => api("GET /v1/bounces", { signal }), 0);
  const save = async () => {
    const { text: csv } = await api.text("GET /v1/bounces", { query: { format: "csv" } });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([csv], { type: "text/csv" }));
    link.download = "bounces.csv";
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <>
      <button type="button" class="small" onClick={() => void save()}>
        {words.csv}
      </button>
      <Loaded live={live}>
        {({ data }) =>
          data.length === 0 ? (
            <p class="quiet">{words.noBounces}</p>
          ) : (
            <div class="scroll">
              <table>
                <thead>
                  <tr>
                    <th scope="col">{words.address}</th>
                    <th scope="col">{words.reason}</th>
                    <th scope="col" class="number">
                      {words.count}
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {data.slice(0, 100).map((bounce) => (
                    <tr key={bounce.email}>
                      <th scope="row">{bounce.email}</th>
                      <td>{bounce.lastReason}</td>
                      <td class="number">{number(bounce.count)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Loaded>
    </>
  );
}
