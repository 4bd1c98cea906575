import type { AnswerOf } from "../api/client.ts";
import { actFor, api } from "../api/session.ts";
import { ChooseAccount } from "../panels/choose-account.tsx";
import { accountCounts, added, Tiles } from "../panels/operator-tiles.tsx";
import { Loaded, Status } from "../parts/parts.tsx";
import { statusReasonText } from "../parts/reason.ts";
import { number, Time } from "../parts/time.tsx";
import { useLive } from "../parts/use-live.ts";
import { w } from "../words/words.ts";

type Endpoint = AnswerOf<"GET /v1/endpoints">["data"][number];
type Stats = AnswerOf<"GET /v1/stats">;

const DAY_MS = 86_400_000;
const EVERY_MS = 10_000;
/** Counters are of windows of five minutes, and cost many reads. */
const STATS_EVERY_MS = 60_000;

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
  const queues = useLive("queues", (signal) => api("GET /v1/queues", { signal }), EVERY_MS);
  const stats = useLive(
    "accounts",
    (signal) => {
      const from = new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS).toISOString();
      return api("GET /v1/stats", { query: { by: "account", interval: "1d", from }, signal });
    },
    STATS_EVERY_MS,
  );
  return (
    <>
      <Tiles
        counts={stats.data && { totals: added(stats.data), hasMore: stats.data.nextCursor !== null }}
        trouble={{ endpoints, hasMore }}
        queues={queues.data?.data}
      />
      <Trouble endpoints={endpoints} hasMore={hasMore} />
      <h2>{words.accounts}</h2>
      <Loaded live={stats}>{(data) => <Accounts stats={data} endpoints={endpoints} />}</Loaded>
    </>
  );
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
                  <Act account={endpoint.account} />
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

/** The counts of today, in UTC. */
function Accounts({ stats, endpoints }: { readonly stats: Stats; readonly endpoints: readonly Endpoint[] }) {
  const words = w().operator;
  const names = Object.keys(stats.data[0]?.counts ?? {});
  if (names.length === 0) return <p class="quiet">{words.noAccounts}</p>;
  const inTrouble = (name: string) => endpoints.filter(({ account }) => account === name).length;
  const rows = names.map((name) => ({ name, ...accountCounts(stats, name), trouble: inTrouble(name) }));
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
                  <Act account={name} />
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

/** Shows an account as its own users see it. */
function Act({ account }: { readonly account: string }) {
  return (
    <button type="button" class="small" onClick={() => actFor(account)}>
      {account}
    </button>
  );
}
