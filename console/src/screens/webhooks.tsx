import { useLocation } from "preact-iso";
import type { AnswerOf } from "../api/client.ts";
import { account, api, may, onlyEndpoint } from "../api/session.ts";
import { Bar } from "../parts/bar.tsx";
import { type EndpointRow, pendingText, typesText } from "../parts/endpoint-text.ts";
import { filtersOf } from "../parts/filters.ts";
import { Field, Loaded, Status } from "../parts/parts.tsx";
import { relative, Time } from "../parts/time.tsx";
import { useLive } from "../parts/use-live.ts";
import { w } from "../words/words.ts";

const PAGE = 25;
const FILTERS = ["search", "status"] as const;
const STATUSES = ["active", "failing", "suspended", "paused"] as const;
/** Counters are of windows of five minutes, and cost more to read than the list. */
const STATS_EVERY_MS = 60_000;

export function Webhooks() {
  const words = w().webhooks;
  const { filters, cursor, isFiltered, go, clear } = filtersOf(useLocation(), FILTERS);
  const live = useLive(JSON.stringify(["webhooks", account.value, filters, cursor]), (signal) =>
    api("GET /v1/endpoints", { query: { ...filters, cursor, limit: PAGE, include: "pending" }, signal }),
  );
  const isSearchShown = isFiltered || cursor !== undefined || (live.data?.data.length ?? 0) > 3;
  return (
    <section>
      <div class="title">
        <h1>{words.title}</h1>
        {may("manage:endpoints") && onlyEndpoint.value === undefined && (
          <a class="button main" href="/console/add">
            {words.add}
          </a>
        )}
      </div>
      {isSearchShown && <Filters filters={filters} go={go} clear={isFiltered ? clear : undefined} />}
      <Loaded live={live}>
        {({ data, nextCursor }) => (
          <>
            {data.length === 0 ? <Empty isFiltered={isFiltered} /> : <Cards endpoints={data} />}
            <div class="row">
              {cursor !== undefined && (
                <button type="button" onClick={() => go({})}>
                  {words.first}
                </button>
              )}
              {nextCursor !== null && (
                <button type="button" onClick={() => go({ cursor: nextCursor })}>
                  {words.more}
                </button>
              )}
            </div>
          </>
        )}
      </Loaded>
    </section>
  );
}

function Cards({ endpoints }: { readonly endpoints: readonly EndpointRow[] }) {
  // Read once the list is there, which must not wait for it. An export has no counters: then the bars are left out.
  const stats = useLive(
    `bars ${account.value}`,
    (signal) => api("GET /v1/stats", { query: { by: "endpoint", interval: "1h" }, signal }),
    STATS_EVERY_MS,
  );
  return (
    <ul class="cards">
      {endpoints.map((endpoint) => (
        <Card key={endpoint.id} endpoint={endpoint} stats={stats.data} />
      ))}
    </ul>
  );
}

function Filters({
  filters,
  go,
  clear,
}: {
  readonly filters: Partial<Record<(typeof FILTERS)[number], string>>;
  readonly go: (changed: Readonly<Record<string, string>>) => void;
  readonly clear: (() => void) | undefined;
}) {
  const words = w().webhooks;
  return (
    <search>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <Field label={words.search}>
          <input
            type="search"
            value={filters.search ?? ""}
            placeholder={words.searchHint}
            spellcheck={false}
            maxLength={200}
            onChange={({ currentTarget }) => go({ search: currentTarget.value.trim() })}
          />
        </Field>
        <Field label={words.status}>
          <select value={filters.status ?? ""} onChange={({ currentTarget }) => go({ status: currentTarget.value })}>
            <option value="">{w().deliveries.any}</option>
            <option value="failing,suspended">{words.inTrouble}</option>
            {STATUSES.map((status) => (
              <option key={status} value={status}>
                {w().status[status]}
              </option>
            ))}
          </select>
        </Field>
        {clear && (
          <button type="button" class="small" onClick={clear}>
            {w().deliveries.clear}
          </button>
        )}
      </form>
    </search>
  );
}

function Empty({ isFiltered }: { readonly isFiltered: boolean }) {
  const words = w().webhooks;
  return (
    <div class="empty">
      <p>
        <strong>{isFiltered ? words.noneFound : words.empty}</strong>
      </p>
      <p>{isFiltered ? w().deliveries.emptyFiltered : words.emptyNext}</p>
    </div>
  );
}

function Card({
  endpoint,
  stats,
}: {
  readonly endpoint: EndpointRow;
  readonly stats: AnswerOf<"GET /v1/stats"> | undefined;
}) {
  const words = w().webhooks;
  const hours = stats?.data.map(({ at, counts }) => ({ at, counts: counts[endpoint.id], others: counts["*"] }));
  return (
    <li class="card">
      <div class="what">
        <a class="url" href={`/console/webhooks/${endpoint.id}`}>
          {endpoint.url}
        </a>
        <p class="quiet">
          {endpoint.description !== "" && <>{endpoint.description} · </>}
          {typesText(endpoint.eventTypes)}
        </p>
      </div>
      <div>
        <Status of={endpoint.status} />
        <p class="quiet">
          <Time at={endpoint.statusSince} />
        </p>
      </div>
      <dl class="facts">
        <div>
          <dt>{words.pending}</dt>
          <dd>{pendingText(endpoint)}</dd>
        </div>
        <div>
          <dt>{words.next}</dt>
          <dd>{nextText(endpoint)}</dd>
        </div>
      </dl>
      {hours && <Bar label={words.day} hours={hours} />}
    </li>
  );
}

function nextText({ nextAttemptAt, pendingCount = 0 }: EndpointRow): string {
  if (pendingCount === 0) return "–";
  if (nextAttemptAt === null || nextAttemptAt === undefined) return w().webhooks.held;
  return Date.parse(nextAttemptAt) <= Date.now() ? w().webhooks.due : relative(nextAttemptAt);
}
