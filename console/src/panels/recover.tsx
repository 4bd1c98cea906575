import { useState } from "preact/hooks";
import type { AnswerOf, ApiError } from "../api/client.ts";
import { account, api } from "../api/session.ts";
import { Act, Field, ProblemNote, Status } from "../parts/parts.tsx";
import { absolute, Time } from "../parts/time.tsx";
import { useLive } from "../parts/use-live.ts";
import { w } from "../words/words.ts";

type Recovery = Extract<AnswerOf<"GET /v1/recoveries/{id}">, { id: string }>;

const DAY_MS = 86_400_000;
const WHICH = {
  failed: ["exhausted", "cancelled"],
  failedAndPending: ["exhausted", "cancelled", "pending"],
  unsent: ["unsent"],
  everything: ["exhausted", "cancelled", "pending", "delivered"],
} as const;
type Which = keyof typeof WHICH;

/** Sends again what a URL has missed: first how many that are, then how far it has come. */
export function Recover({ endpoint }: { readonly endpoint: string }) {
  const words = w().recover;
  const [since, setSince] = useState(() => localTime(Date.now() - DAY_MS));
  const [which, setWhich] = useState<Which>("failed");
  const [estimate, setEstimate] = useState<{ deliveries: number; isComplete: boolean }>();
  const [error, setError] = useState<ApiError>();
  const [isOpen, setOpen] = useState(false);
  const live = useLive(`recoveries ${account.value} ${endpoint}`, (signal) =>
    api("GET /v1/recoveries", { query: { limit: 10 }, signal }),
  );
  const recoveries = (live.data?.data ?? []).filter((each) => each.endpoint === endpoint);
  const request = { endpoint, since: isoTime(since), statuses: [...WHICH[which]] };
  const changed =
    <T,>(set: (value: T) => void) =>
    (value: T) => {
      setEstimate(undefined);
      set(value);
    };
  return (
    // Once open, it stays open: the result of a recovery that has just ended is in it.
    <details
      class="recover"
      open={isOpen || recoveries.some(isUnderWay)}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary>{words.title}</summary>
      <p>{words.intro}</p>
      <div class="filters">
        <Field label={words.since}>
          <input
            type="datetime-local"
            required
            value={since}
            onInput={({ currentTarget }) => changed(setSince)(currentTarget.value)}
          />
        </Field>
        <Field label={words.which}>
          <select value={which} onChange={({ currentTarget }) => changed(setWhich)(currentTarget.value as Which)}>
            {(Object.keys(WHICH) as Which[]).map((each) => (
              <option key={each} value={each}>
                {words[each]}
              </option>
            ))}
          </select>
        </Field>
        <Act
          disabled={since === ""}
          onError={setError}
          run={async () => {
            const answer = await api("POST /v1/recoveries", { body: { ...request, dryRun: true } });
            setEstimate(answer.estimate);
          }}
        >
          {words.estimate}
        </Act>
      </div>
      {error && <ProblemNote error={error} />}
      {estimate && (
        <div class="panel" role="status">
          <p>
            <strong>{words.found(estimate.deliveries, estimate.isComplete)}</strong>
          </p>
          {estimate.deliveries > 0 && (
            <Act
              class="main"
              onError={setError}
              run={async () => {
                await api("POST /v1/recoveries", { body: request });
                setEstimate(undefined);
                live.refresh();
              }}
            >
              {words.start}
            </Act>
          )}
        </div>
      )}
      {recoveries.map((recovery) => (
        <Progress key={recovery.id} recovery={recovery} onError={setError} refresh={live.refresh} />
      ))}
    </details>
  );
}

function isUnderWay({ status }: Recovery): boolean {
  return status === "running" || status === "waiting";
}

function Progress({
  recovery,
  onError,
  refresh,
}: {
  readonly recovery: Recovery;
  readonly onError: (error: ApiError | undefined) => void;
  readonly refresh: () => void;
}) {
  const words = w().recover;
  const { id, status, progress, estimate } = recovery;
  return (
    <div class="panel" role="status">
      <p>
        <Status of={status} /> <Time at={recovery.createdAt} />{" "}
        <span class="quiet">
          {words.since} {absolute(recovery.since)}
        </span>
      </p>
      <p>{progressText(recovery)}</p>
      {isUnderWay(recovery) && (
        <>
          <progress
            max={Math.max(1, estimate.deliveries, progress.matched)}
            value={progress.resent + progress.skipped}
          />
          <p class="quiet">{words.closes}</p>
          <Act
            class="small"
            onError={onError}
            run={async () => {
              await api("POST /v1/recoveries/{id}/cancel", { params: { id } });
              refresh();
            }}
          >
            {words.stop}
          </Act>
        </>
      )}
    </div>
  );
}

/** How far a recovery has come, in a sentence. */
export function progressText({ status, progress: { resent, matched } }: Recovery): string {
  const words = w().recover;
  switch (status) {
    case "finished":
      return words.done(resent);
    case "cancelled":
      return words.cancelled(resent);
    case "waiting":
      return `${words.progress(resent, matched)} ${words.waiting}`;
    case "running":
      return words.progress(resent, matched);
  }
}

/** For an input of type datetime-local, which has no time zone. */
function localTime(at: number): string {
  return new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function isoTime(local: string): string {
  return local === "" ? "" : new Date(local).toISOString();
}
