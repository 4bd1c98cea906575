import { useState } from "preact/hooks";
import type { AnswerOf, ApiError } from "../api/client.ts";
import { w } from "../words/words.ts";
import { Answer } from "./attempts.tsx";
import { Act } from "./parts.tsx";

type Result = AnswerOf<"POST /v1/endpoints/{id}/test">;

/** What a test got, in words and in full. */
export function TestResult({ of }: { readonly of: Result }) {
  const words = w().test;
  const isOk = of.outcome === "success";
  const text =
    of.status === null
      ? words.none(w().outcome[of.outcome], of.durationMs)
      : (isOk ? words.ok : words.bad)(of.status, of.durationMs);
  return (
    <div class={`note ${isOk ? "good" : "bad"}`} role="status">
      <p>
        <strong>{text}</strong>
      </p>
      {of.response !== null && (
        <details>
          <summary>{words.body}</summary>
          <Answer response={of.response} />
        </details>
      )}
    </div>
  );
}

/** Samples are those of the platforms' types; other types get the service's own test event. */
const SAMPLES = ["sent", "open", "click", "bounce", "blocked", "spam", "unsub"] as const;

export function TestSender({
  send,
  onError,
}: {
  readonly types: readonly string[];
  readonly send: (body: { eventType?: (typeof SAMPLES)[number] }) => Promise<void>;
  readonly onError: (error: ApiError | undefined) => void;
}) {
  const words = w().test;
  const [sample, setSample] = useState("");
  return (
    <div class="row">
      <Act
        onError={onError}
        run={() => {
          const eventType = SAMPLES.find((each) => each === sample);
          return send(eventType === undefined ? {} : { eventType });
        }}
      >
        {words.send}
      </Act>
      <label>
        <span class="hidden">{words.sample}</span>
        <select value={sample} onChange={({ currentTarget }) => setSample(currentTarget.value)}>
          <option value="">{words.sampleOwn}</option>
          {SAMPLES.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
      </label>
      <small class="quiet">{words.note}</small>
    </div>
  );
}
