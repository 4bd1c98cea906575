import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import type { ApiError } from "../api/client.ts";
import { account, api, onlyEndpoint } from "../api/session.ts";
import { DeliveryTable } from "../parts/delivery-table.tsx";
import { filtersOf } from "../parts/filters.ts";
import { Field, Loaded, ProblemNote } from "../parts/parts.tsx";
import { absolute } from "../parts/time.tsx";
import { useLive } from "../parts/use-live.ts";
import { w } from "../words/words.ts";

const FILTERS = ["status", "type", "code", "endpoint", "after"] as const;
const STATUSES = ["pending", "delivered", "exhausted", "cancelled"] as const;
const PAGE = 50;

export function Deliveries() {
  const words = w().deliveries;
  const { filters, cursor, isFiltered, go, clear } = filtersOf(useLocation(), FILTERS);
  const live = useLive(
    JSON.stringify([account.value, filters, cursor]),
    (signal) => api("GET /v1/deliveries", { query: { ...filters, cursor, limit: PAGE }, signal }),
    cursor === undefined ? 3_000 : 0,
  );
  return (
    <section>
      <div class="title">
        <h1>{words.title}</h1>
        <FindEvent />
      </div>
      <form class="filters" aria-label={words.filters} onSubmit={(event) => event.preventDefault()}>
        <Field label={words.status}>
          <select value={filters.status ?? ""} onChange={({ currentTarget }) => go({ status: currentTarget.value })}>
            <option value="">{words.any}</option>
            <option value="exhausted,cancelled">{w().status.failed}</option>
            {STATUSES.map((status) => (
              <option key={status} value={status}>
                {w().status[status]}
              </option>
            ))}
          </select>
        </Field>
        <Field label={words.type}>
          <input
            value={filters.type ?? ""}
            placeholder={words.typeHint}
            onChange={({ currentTarget }) => go({ type: currentTarget.value.trim() })}
          />
        </Field>
        <Field label={words.code}>
          <input
            value={filters.code ?? ""}
            placeholder={words.codeHint}
            onChange={({ currentTarget }) => go({ code: currentTarget.value.trim() })}
          />
        </Field>
        <Field label={words.since}>
          <input
            type="datetime-local"
            value={localTime(filters.after)}
            onChange={({ currentTarget }) =>
              go({ after: currentTarget.value ? new Date(currentTarget.value).toISOString() : undefined })
            }
          />
        </Field>
        {isFiltered && (
          <button type="button" class="small" onClick={clear}>
            {words.clear}
          </button>
        )}
      </form>
      {filters.endpoint !== undefined && (
        <p class="note">
          {words.endpoint}: <code>{filters.endpoint}</code>
        </p>
      )}
      <Loaded live={live}>
        {({ data, nextCursor, scannedUntil }) => (
          <>
            {data.length === 0 ? (
              <div class="empty">
                <p>
                  <strong>{words.empty}</strong>
                </p>
                {isFiltered && <p>{words.emptyFiltered}</p>}
              </div>
            ) : (
              <DeliveryTable rows={data} hasUrls={onlyEndpoint.value === undefined && filters.endpoint === undefined} />
            )}
            {scannedUntil !== null && <p class="quiet">{words.scanned(absolute(scannedUntil))}</p>}
            <div class="row">
              {cursor !== undefined && (
                <button type="button" onClick={() => go({})}>
                  {w().webhooks.first}
                </button>
              )}
              {nextCursor !== null && (
                <button type="button" onClick={() => go({ cursor: nextCursor })}>
                  {data.length === 0 ? words.searchOn : w().webhooks.more}
                </button>
              )}
            </div>
          </>
        )}
      </Loaded>
    </section>
  );
}

/** From an event's id, or the producer's own, to the event. */
function FindEvent() {
  const words = w().deliveries;
  const { route } = useLocation();
  const [error, setError] = useState<string>();
  const [problem, setProblem] = useState<ApiError>();
  const find = async (text: string) => {
    setError(undefined);
    setProblem(undefined);
    if (/^evt_[0-9A-Z]{26}$/.test(text)) return route(`/console/events/${text}`);
    try {
      const [found] = (await api("GET /v1/events", { query: { eventId: text, limit: 1 } })).data;
      if (found === undefined) setError(words.notFound);
      else route(`/console/events/${found.id}`);
    } catch (failure) {
      setProblem(failure as ApiError);
    }
  };
  return (
    <form
      class="find"
      onSubmit={(event) => {
        event.preventDefault();
        const text = String(new FormData(event.currentTarget).get("event")).trim();
        if (text !== "") void find(text);
      }}
    >
      <Field label={words.find} error={error}>
        <input name="event" placeholder={words.findHint} spellcheck={false} />
      </Field>
      <button type="submit">{words.findSubmit}</button>
      {problem && <ProblemNote error={problem} />}
    </form>
  );
}

/** For an input of type datetime-local, which has no time zone. */
function localTime(iso: string | undefined): string {
  if (iso === undefined || Number.isNaN(Date.parse(iso))) return "";
  const date = new Date(iso);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
