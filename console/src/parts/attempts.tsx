import type { AnswerOf } from "../api/client.ts";
import { w } from "../words/words.ts";
import { Code } from "./parts.tsx";
import { Request, type SentRequest } from "./request.tsx";
import { absolute, relative } from "./time.tsx";

type Attempt = AnswerOf<"GET /v1/deliveries">["data"][number]["attempts"][number];

/** Attempts on a line of time, oldest first, each with its request and its response. */
export function Attempts({
  of,
  request,
  onOpen,
}: {
  readonly of: readonly Attempt[];
  readonly request?: SentRequest | undefined;
  /** Called when an attempt is opened: its request is read then. */
  readonly onOpen?: () => void;
}) {
  const words = w().event;
  if (of.length === 0) return null;
  return (
    <ol class="attempts" aria-label={words.attempts}>
      {of.map((attempt, n) => (
        <li key={attempt.at} class={attempt.outcome === "success" ? "ok" : "bad"}>
          <details onToggle={({ currentTarget }) => currentTarget.open && onOpen?.()}>
            <summary>
              <strong>{attempt.status ?? w().outcome[attempt.outcome]}</strong>{" "}
              <span class="quiet">{attempt.durationMs} ms</span>{" "}
              <time dateTime={attempt.at} title={absolute(attempt.at)} class="quiet">
                {relative(attempt.at)}
              </time>
              <span class="hidden">{words.attempt(n + 1)}</span>
            </summary>
            <p class="quiet">{absolute(attempt.at)}</p>
            {attempt.reason !== null && <p>{w().outcome[attempt.outcome]}</p>}
            {request !== undefined && (
              <>
                <h3>{words.request}</h3>
                <Request request={request} at={attempt.at} />
                <h3>{words.response}</h3>
              </>
            )}
            {attempt.response !== null ? (
              <Answer response={attempt.response} />
            ) : (
              request !== undefined && <p class="quiet">{words.noResponse}</p>
            )}
          </details>
        </li>
      ))}
    </ol>
  );
}

export function Answer({ response }: { readonly response: NonNullable<Attempt["response"]> }) {
  const words = w().event;
  const headers = Object.entries(response.headers);
  return (
    <>
      {headers.length > 0 && (
        <Code label={words.headers}>{headers.map(([name, value]) => `${name}: ${value}`).join("\n")}</Code>
      )}
      {response.body === null ? <p class="quiet">{words.noBody}</p> : <Code label={words.body}>{response.body}</Code>}
      {response.truncated && <p class="quiet">{words.truncated}</p>}
    </>
  );
}
