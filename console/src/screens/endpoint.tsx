import { useState } from "preact/hooks";
import { useLocation, useRoute } from "preact-iso";
import type { AnswerOf, ApiError } from "../api/client.ts";
import { account, api, may } from "../api/session.ts";
import { EndpointActions } from "../panels/endpoint-actions.tsx";
import { Recover } from "../panels/recover.tsx";
import { DeliveryTable } from "../parts/delivery-table.tsx";
import { pendingText, typesText } from "../parts/endpoint-text.ts";
import { Loaded, ProblemNote, Status } from "../parts/parts.tsx";
import { statusReasonText } from "../parts/reason.ts";
import { TestResult, TestSender } from "../parts/test-result.tsx";
import { absolute, duration, relative, Time } from "../parts/time.tsx";
import { useLive } from "../parts/use-live.ts";
import { w } from "../words/words.ts";

type Endpoint = AnswerOf<"GET /v1/endpoints/{id}">;

const RECENT = 10;

export function EndpointScreen() {
  const { params } = useRoute();
  const { route } = useLocation();
  const id = params["id"] ?? "";
  const live = useLive(`endpoint ${account.value} ${id}`, async (signal) => {
    const [endpoint, deliveries] = await Promise.all([
      api("GET /v1/endpoints/{id}", { params: { id }, signal }),
      api("GET /v1/endpoints/{id}/deliveries", { params: { id }, query: { limit: RECENT }, signal }),
    ]);
    return { endpoint, deliveries };
  });
  const words = w().endpoint;
  const [error, setError] = useState<ApiError>();
  const [test, setTest] = useState<AnswerOf<"POST /v1/endpoints/{id}/test">>();
  if (live.data === undefined && live.error?.status === 404) return <p class="note warn">{words.notFound}</p>;
  return (
    <section>
      <Loaded live={live}>
        {({ endpoint, deliveries }) => (
          <>
            <h1 class="url">{endpoint.url}</h1>
            <Banner endpoint={endpoint} />
            {may("manage:endpoints") && (
              <>
                <EndpointActions
                  endpoint={endpoint}
                  refresh={live.refresh}
                  onError={setError}
                  onDeleted={() => route("/console")}
                />
                {error && <ProblemNote error={error} />}
                <TestSender
                  onError={setError}
                  types={endpoint.eventTypes}
                  send={async (body) => setTest(await api("POST /v1/endpoints/{id}/test", { params: { id }, body }))}
                />
                {test && <TestResult of={test} />}
              </>
            )}
            <h2>{words.recent}</h2>
            {deliveries.data.length === 0 ? (
              <p class="quiet">{w().deliveries.empty}</p>
            ) : (
              <DeliveryTable rows={deliveries.data} />
            )}
            <p>
              <a href={`/console/deliveries?endpoint=${id}`}>{words.all}</a>
            </p>
            {may("manage:endpoints") && <Recover endpoint={id} />}
            <Details endpoint={endpoint} />
          </>
        )}
      </Loaded>
    </section>
  );
}

/** What its state is, since when, why, and what comes next. */
function Banner({ endpoint }: { readonly endpoint: Endpoint }) {
  const words = w().endpoint;
  const {
    status,
    statusReasonCode,
    statusReasonParams,
    pendingCount = 0,
    nextAttemptAt,
    pausedUntil,
    retryAfterUntil,
  } = endpoint;
  const isBad = status === "failing" || status === "suspended";
  return (
    <div class={`banner ${status}`} role={isBad ? "alert" : "status"}>
      <p>
        <Status of={status} />{" "}
        <span title={absolute(endpoint.statusSince)}>{words.since(relative(endpoint.statusSince))}</span>
        {status !== "active" && <>: {statusReasonText(statusReasonCode, statusReasonParams.attempts)}</>}
      </p>
      <p>{words.banner[status]}</p>
      <p>
        {pendingCount === 0
          ? words.nonePending
          : pendingCount === 1
            ? words.pendingOne
            : words.pendingText(pendingText(endpoint))}{" "}
        {pendingCount > 0 && nextAttemptAt && words.nextAttempt(relative(nextAttemptAt))}{" "}
        {pausedUntil && words.pausedUntil(relative(pausedUntil))}{" "}
        {retryAfterUntil && words.retryAfter(absolute(retryAfterUntil))}
      </p>
    </div>
  );
}

function Details({ endpoint }: { readonly endpoint: Endpoint }) {
  const words = w().endpoint;
  return (
    <details>
      <summary>{words.details}</summary>
      <dl class="facts wide">
        <Fact name={w().webhooks.events}>{typesText(endpoint.eventTypes)}</Fact>
        <Fact name={words.format}>{`${endpoint.format}, ${endpoint.encoding}`}</Fact>
        <Fact name={words.schedule}>{scheduleText(endpoint.retrySchedule)}</Fact>
        <Fact name={words.timeout}>{duration(endpoint.timeoutMs / 1_000)}</Fact>
        <Fact name={words.lastSuccess}>
          {endpoint.lastSuccessAt === null ? words.never : <Time at={endpoint.lastSuccessAt} />}
        </Fact>
        <Fact name={words.created}>{absolute(endpoint.createdAt)}</Fact>
        <Fact name="ID">
          <code>{endpoint.id}</code>
        </Fact>
      </dl>
    </details>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function scheduleText(schedule: Endpoint["retrySchedule"]): string {
  if (typeof schedule === "string") return schedule;
  return schedule.map(({ times, everySeconds }) => `${times} × ${duration(everySeconds)}`).join(", ");
}
