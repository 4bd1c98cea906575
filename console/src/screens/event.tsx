import { useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import type { AnswerOf, ApiError } from "../api/client.ts";
import { account, api, may } from "../api/session.ts";
import { Attempts } from "../parts/attempts.tsx";
import { Act, Code, Copy, Loaded, ProblemNote, Status } from "../parts/parts.tsx";
import { reasonText } from "../parts/reason.ts";
import { absolute, number } from "../parts/time.tsx";
import { useLive } from "../parts/use-live.ts";
import { w } from "../words/words.ts";

export function EventScreen() {
  const { params } = useRoute();
  const id = params["id"] ?? "";
  const words = w().event;
  const live = useLive(`event ${account.value} ${id}`, (signal) =>
    api("GET /v1/events/{id}", { params: { id }, signal }),
  );
  const payload = useLive(
    `payload ${account.value} ${id}`,
    async (signal) =>
      may("read") ? (await api.text("GET /v1/events/{id}/payload", { params: { id }, signal })).text : undefined,
    0,
  );
  if (live.data === undefined && live.error?.code === "EVENT_NOT_YET_LOGGED") return <p class="note">{words.notYet}</p>;
  if (live.data === undefined && live.error?.status === 404) return <p class="note warn">{w().deliveries.notFound}</p>;
  return (
    <section>
      <Loaded live={live}>
        {(event) => (
          <>
            <div class="title">
              <h1>
                {words.title} <code>{event.type}</code>
              </h1>
            </div>
            <dl class="facts wide">
              <div>
                <dt>ID</dt>
                <dd>
                  <code>{event.id}</code> <Copy text={event.id} label={w().add.copy} />
                </dd>
              </div>
              {event.eventId !== null && (
                <div>
                  <dt>{words.ownId}</dt>
                  <dd>
                    <code>{event.eventId}</code>
                  </dd>
                </div>
              )}
              <div>
                <dt>{words.accepted}</dt>
                <dd>{absolute(event.acceptedAt)}</dd>
              </div>
              <div>
                <dt>{words.source}</dt>
                <dd>{event.source}</dd>
              </div>
            </dl>
            <h2>{words.deliveries}</h2>
            {event.deliveries.length === 0 && <p class="note">{words.none}</p>}
            {event.deliveries.map((delivery) => (
              <Delivery key={delivery.endpointId} delivery={delivery} refresh={live.refresh} />
            ))}
            <h2>
              {words.payload} <small class="quiet">{words.bytes(number(event.payloadBytes))}</small>
            </h2>
            {may("read") ? (
              <Loaded live={payload}>{(text) => <Payload text={text ?? ""} type={event.type} />}</Loaded>
            ) : (
              <p class="note">{words.noPayload}</p>
            )}
          </>
        )}
      </Loaded>
    </section>
  );
}

type DeliveryRow = AnswerOf<"GET /v1/events/{id}">["deliveries"][number];

function Delivery({ delivery, refresh }: { readonly delivery: DeliveryRow; readonly refresh: () => void }) {
  const words = w().event;
  const [error, setError] = useState<ApiError>();
  const [isResent, setResent] = useState(false);
  const [isOpen, setOpen] = useState(false);
  const { eventId, endpointId, endpointUrl } = delivery;
  // Of a deleted webhook nothing is known.
  const isWanted = may("read") && endpointUrl !== null && isOpen;
  const request = useLive(
    `request ${account.value} ${eventId} ${endpointId} ${isWanted}`,
    async (signal) => {
      const params = { id: eventId, endpoint: endpointId };
      return isWanted ? api("GET /v1/events/{id}/requests/{endpoint}", { params, signal }) : undefined;
    },
    0,
  );
  return (
    <article class="card tall">
      <div class="title">
        <div>
          <Status of={delivery.status} />{" "}
          <a class="url" href={`/console/webhooks/${endpointId}`}>
            {endpointUrl ?? endpointId}
          </a>
        </div>
        {may("manage:endpoints") && (
          <Act
            class="small"
            onError={setError}
            run={async () => {
              await api("POST /v1/events/{id}/resend", { params: { id: eventId }, body: { endpoints: [endpointId] } });
              setResent(true);
              refresh();
            }}
          >
            {words.resend}
          </Act>
        )}
      </div>
      <p>{reasonText(delivery)}</p>
      {isResent && <p role="status">{words.resent}</p>}
      {error && <ProblemNote error={error} />}
      <Attempts of={delivery.attempts} request={request.data} onOpen={() => setOpen(true)} />
    </article>
  );
}

/** The payload's text as it came: it is never parsed, so that no digit changes. */
function Payload({ text, type }: { readonly text: string; readonly type: string }) {
  const curl = `curl -H 'content-type: application/json' --data-binary @- YOUR_URL <<'JSON'\n${text}\nJSON`;
  return (
    <>
      <Code label={`${w().event.payload} ${type}`}>{text}</Code>
      <div class="row">
        <Copy text={text} label={w().event.copyPayload} />
        <Copy text={curl} label={w().event.copyCurl} />
      </div>
    </>
  );
}
