import type { AnswerOf } from "../api/client.ts";
import { w } from "../words/words.ts";
import { Code, Copy } from "./parts.tsx";
import { absolute, number } from "./time.tsx";

export type SentRequest = AnswerOf<"GET /v1/events/{id}/requests/{endpoint}">;

/** What an attempt sent, as far as it is known: from the log and from the webhook's settings as they are now. */
export function Request({ request, at }: { readonly request: SentRequest; readonly at: string }) {
  const words = w().event;
  const { method, url, headers, body, bodyBytes, configuredAt } = request;
  const shown = { ...headers, "webhook-timestamp": String(Math.floor(Date.parse(at) / 1_000)) };
  const lines = Object.entries(shown).map(([name, value]) => `${name}: ${value === "***" ? words.hiddenValue : value}`);
  return (
    <>
      {Date.parse(at) < Date.parse(configuredAt) && (
        <p class="note warn">{words.changedSince(absolute(configuredAt))}</p>
      )}
      <Code label={words.requestHeaders}>{`${method} ${url}\n${lines.join("\n")}`}</Code>
      {body === null ? (
        <p class="quiet">{words.grouped}</p>
      ) : (
        <>
          <Code label={`${words.requestBody}, ${words.bytes(number(bodyBytes ?? 0))}`}>{body}</Code>
          <Copy text={body} label={words.copyBody} />
        </>
      )}
    </>
  );
}
