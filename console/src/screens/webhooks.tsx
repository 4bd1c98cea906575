import type { AnswerOf } from "../api/client.ts";
import { account, api, may, onlyEndpoint } from "../api/session.ts";
import { Bar } from "../parts/bar.tsx";
import { type EndpointRow, pendingText, typesText } from "../parts/endpoint-text.ts";
import { Loaded, Status } from "../parts/parts.tsx";
import { relative, Time } from "../parts/time.tsx";
import { useLive } from "../parts/use-live.ts";
import { w } from "../words/words.ts";

const PAGE = 25;

export function Webhooks() {
  const words = w().webhooks;
  const live = useLive(`webhooks ${account.value}`, async (signal) => {
    const [endpoints, stats] = await Promise.all([
      api("GET /v1/endpoints", { query: { limit: PAGE, include: "pending" }, signal }),
      // An export has no counters: then the bars are left out.
      api("GET /v1/stats", { query: { by: "endpoint", interval: "1h" }, signal }).catch(() => undefined),
    ]);
    return { endpoints, stats };
  });
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
      <Loaded live={live}>
        {({ endpoints, stats }) =>
          endpoints.data.length === 0 ? (
            <div class="empty">
              <p>
                <strong>{words.empty}</strong>
              </p>
              <p>{words.emptyNext}</p>
            </div>
          ) : (
            <ul class="cards">
              {endpoints.data.map((endpoint) => (
                <Card key={endpoint.id} endpoint={endpoint} stats={stats} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
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
  const hours = stats?.data.map(({ at, counts }) => ({ at, counts: counts[endpoint.id] }));
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
