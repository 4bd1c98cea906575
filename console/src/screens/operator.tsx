import { useState } from "preact/hooks";
import type { AnswerOf } from "../api/client.ts";
import { api } from "../api/session.ts";
import { ChooseAccount, ShowAccount } from "../panels/choose-account.tsx";
import { type AccountCounts, accountCounts, added, Tiles } from "../panels/operator-tiles.tsx";
import { RunningRecoveries } from "../panels/running-recoveries.tsx";
import { Loaded, Status } from "../parts/parts.tsx";
import { statusReasonText } from "../parts/reason.ts";
import { number, Time } from "../parts/time.tsx";
import { useLive } from "../parts/use-live.ts";
import { w } from "../words/words.ts";

type Endpoint = AnswerOf<"GET /v1/endpoints">["data"][number];
type Counts = ReadonlyMap<string, AccountCounts>;

const DAY_MS = 86_400_000;
const EVERY_MS = 10_000;
/** Counters are of windows of five minutes, and cost many reads. */
const STATS_EVERY_MS = 60_000;
/** Requests for counters, of 25 accounts each. More accounts are counted when the operator asks for them. */
const STATS_PAGES = 4;

/** For an operator's key: the service today, and all accounts, those in trouble first. */
export function OperatorOverview() {
  const trouble = useLive(
    "operator",
    (signal) => api("GET /v1/endpoints", { query: { status: "failing,suspended", limit: 100 }, signal }),
    EVERY_MS,
  );
  return (
    <section>
      <h1>{w().operator.title}</h1>
      <Loaded live={trouble}>
        {({ data, nextCursor }) => <Today endpoints={data} hasMore={nextCursor !== null} />}
      </Loaded>
      <ChooseAccount />
    </section>
  );
}

/** The counters are read once the list of trouble is there, which must not wait for them. */
function Today({ endpoints, hasMore }: { readonly endpoints: readonly Endpoint[]; readonly hasMore: boolean }) {
  const words = w().operator;
  const [pages, setPages] = useState(STATS_PAGES);
  const queues = useLive("queues", (signal) => api("GET /v1/queues", { signal }), EVERY_MS);
  const stats = useLive("accounts", (signal) => countsToday(pages, signal), STATS_EVERY_MS);
  return (
    <>
      <Tiles
        counts={stats.data && { totals: added(stats.data.counts), hasMore: stats.data.hasMore }}
        trouble={{ endpoints, hasMore }}
        queues={queues.data?.data}
      />
      <Trouble endpoints={endpoints} hasMore={hasMore} />
      <RunningRecoveries />
      <h2>{words.accounts}</h2>
      <Loaded live={stats}>{({ counts }) => <Accounts counts={counts} endpoints={endpoints} />}</Loaded>
      {stats.data?.hasMore && (
        <p class="row">
          <span class="quiet">{words.counted(stats.data.counts.size)}</span>
          <button
            type="button"
            class="small"
            onClick={() => {
              setPages(pages + STATS_PAGES);
              stats.refresh();
            }}
          >
            {words.countMore}
          </button>
        </p>
      )}
    </>
  );
}

/** The counts of today, in UTC, of the accounts of so many pages. */
async function countsToday(pages: number, signal: AbortSignal): Promise<{ counts: Counts; hasMore: boolean }> {
  const from = new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS).toISOString();
  const counts = new Map<string, AccountCounts>();
  let cursor: string | undefined;
  for (let page = 0; page < pages && (page === 0 || cursor !== undefined); page++) {
    const stats = await api("GET /v1/stats", { query: { by: "account", interval: "1d", from, cursor }, signal });
    for (const name of Object.keys(stats.data[0]?.counts ?? {})) counts.set(name, accountCounts(stats, name));
    cursor = stats.nextCursor ?? undefined;
  }
  return { counts, hasMore: cursor !== undefined };
}

function Trouble({ endpoints, hasMore }: { readonly endpoints: readonly Endpoint[]; readonly hasMore: boolean }) {
  const words = w().operator;
  if (endpoints.length === 0) return <p class="note good">{words.noTrouble}</p>;
  return (
    <>
      <h2>{words.trouble(`${number(endpoints.length)}${hasMore ? "+" : ""}`)}</h2>
      <div class="scroll">
        <table class="stacked">
          <thead>
            <tr>
              <th scope="col">{words.account}</th>
              <th scope="col">{w().webhooks.url}</th>
              <th scope="col">{w().webhooks.status}</th>
              <th scope="col">{words.since}</th>
            </tr>
          </thead>
          <tbody>
            {endpoints.map((endpoint) => (
              <tr key={endpoint.id}>
                <td>
                  <ShowAccount name={endpoint.account} />
                </td>
                <td class="url">{endpoint.url}</td>
                <td>
                  <Status of={endpoint.status} />{" "}
                  <small>{statusReasonText(endpoint.statusReasonCode, endpoint.statusReasonParams.attempts)}</small>
                </td>
                <td>
                  <Time at={endpoint.statusSince} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Accounts({ counts, endpoints }: { readonly counts: Counts; readonly endpoints: readonly Endpoint[] }) {
  const words = w().operator;
  if (counts.size === 0) return <p class="quiet">{words.noAccounts}</p>;
  const inTrouble = (name: string) => endpoints.filter(({ account }) => account === name).length;
  const rows = [...counts].map(([name, count]) => ({ name, ...count, trouble: inTrouble(name) }));
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">{words.account}</th>
            {[
              words.urlsInTrouble,
              words.events,
              words.delivered,
              words.failed,
              words.ended,
              words.unmatched,
              words.p99,
            ].map((head) => (
              <th key={head} scope="col" class="number">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows
            .sort((a, b) => b.trouble - a.trouble || b.failed - a.failed || b.events - a.events)
            .map(({ name, trouble, events, delivered, failed, ended, unmatched, p99Ms }) => (
              <tr key={name}>
                <th scope="row">
                  <ShowAccount name={name} />
                </th>
                {[trouble, events, delivered, failed, ended, unmatched].map((count, n) => (
                  <td key={n} class="number">
                    {number(count)}
                  </td>
                ))}
                <td class="number">{p99Ms === null ? "–" : `${number(p99Ms)} ms`}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}
