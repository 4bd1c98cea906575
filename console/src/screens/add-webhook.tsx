import { useState } from "preact/hooks";
import type { AnswerOf, ApiError } from "../api/client.ts";
import { account, api } from "../api/session.ts";
import { PerType } from "../panels/per-type.tsx";
import { UrlField } from "../panels/url-field.tsx";
import { Act, Copy, Field, ProblemNote } from "../parts/parts.tsx";
import { Rules, type RulesOf, rulesBody, STANDARD_RULES } from "../parts/rules.tsx";
import { TestResult, TestSender } from "../parts/test-result.tsx";
import { useLive } from "../parts/use-live.ts";
import { Verification } from "../parts/verification.tsx";
import { fieldText } from "../words/problem-text.ts";
import { w } from "../words/words.ts";

type Created = AnswerOf<"POST /v1/endpoints">;
type Which = "all" | "chosen" | "perType";

/** One URL for all events, one for chosen types, or one for each type. */
export function AddWebhook() {
  const words = w().add;
  const [which, setWhich] = useState<Which>("all");
  const [created, setCreated] = useState<Created>();
  if (created !== undefined) return <Saved endpoint={created} again={() => setCreated(undefined)} />;
  return (
    <section class="form">
      <h1>{words.title}</h1>
      <fieldset>
        <legend>{words.which}</legend>
        {(["all", "chosen", "perType"] as const).map((each) => (
          <label key={each} class="choice">
            <input type="radio" name="which" checked={which === each} onChange={() => setWhich(each)} />
            <span>
              {words[each]}
              {each === "all" && <small>{words.allHint}</small>}
              {each === "perType" && <small>{words.perTypeHint}</small>}
            </span>
          </label>
        ))}
      </fieldset>
      {which === "perType" ? <PerType /> : <OneUrl hasTypes={which === "chosen"} onCreated={setCreated} />}
    </section>
  );
}

function OneUrl({
  hasTypes,
  onCreated,
}: {
  readonly hasTypes: boolean;
  readonly onCreated: (created: Created) => void;
}) {
  const words = w().add;
  const [url, setUrl] = useState("");
  const [types, setTypes] = useState("");
  const [rules, setRules] = useState<RulesOf>(STANDARD_RULES);
  const [error, setError] = useState<ApiError>();
  const [test, setTest] = useState<AnswerOf<"POST /v1/endpoints/test">>();
  const known = useLive(`event types ${account.value}`, (signal) => api("GET /v1/event-types", { signal }), 0);
  const eventTypes = hasTypes
    ? types
        .split(",")
        .map((type) => type.trim())
        .filter(Boolean)
    : ["*"];
  const isComplete = url.trim() !== "" && eventTypes.length > 0;
  const fieldError = (pointer: string) => {
    const found = error?.fields.find((field) => field.pointer.startsWith(pointer));
    return found && fieldText(found, error?.code);
  };
  return (
    <>
      <UrlField
        value={url}
        error={fieldError("/url")}
        onInput={(value) => {
          setUrl(value);
          setTest(undefined);
        }}
      />
      {hasTypes && (
        <Field label={words.types} hint={words.typesHint} error={fieldError("/eventTypes")}>
          <input
            value={types}
            list="types"
            spellcheck={false}
            onInput={({ currentTarget }) => setTypes(currentTarget.value)}
          />
          <datalist id="types">
            {known.data?.data.map(({ type, source }) => (
              <option key={`${source} ${type}`} value={type} />
            ))}
          </datalist>
        </Field>
      )}
      <Rules rules={rules} onChange={setRules} />
      <p class="quiet">{words.testFirst}</p>
      <TestSender
        types={eventTypes}
        onError={setError}
        send={async (sample) => setTest(await api("POST /v1/endpoints/test", { body: { url: url.trim(), ...sample } }))}
      />
      {test && <TestResult of={test} />}
      {error && !isShownAtField(error, hasTypes) && <ProblemNote error={error} />}
      <Act
        class="main"
        disabled={!isComplete}
        onError={setError}
        run={async () =>
          onCreated(await api("POST /v1/endpoints", { body: { url: url.trim(), eventTypes, ...rulesBody(rules) } }))
        }
      >
        {words.save}
      </Act>
    </>
  );
}

function isShownAtField({ fields }: ApiError, hasTypes: boolean): boolean {
  const shown = hasTypes ? ["/url", "/eventTypes"] : ["/url"];
  return fields.length > 0 && fields.every(({ pointer }) => shown.some((start) => pointer.startsWith(start)));
}

/** The secret is shown once more here, with the code that verifies a signature. */
function Saved({ endpoint, again }: { readonly endpoint: Created; readonly again: () => void }) {
  const words = w().add;
  return (
    <section class="form">
      <h1>{words.saved}</h1>
      <p class="url">{endpoint.url}</p>
      <h2>{words.secretTitle}</h2>
      {endpoint.secret === undefined ? (
        <p class="note">{words.noSecret}</p>
      ) : (
        <>
          <p>{words.secretText}</p>
          <p class="row">
            <code>{endpoint.secret}</code>
            <Copy text={endpoint.secret} label={words.copy} />
          </p>
          <Verification secret={endpoint.secret} />
        </>
      )}
      <div class="row">
        <a class="button main" href={`/console/webhooks/${endpoint.id}`}>
          {words.open}
        </a>
        <button type="button" onClick={again}>
          {words.another}
        </button>
      </div>
    </section>
  );
}
