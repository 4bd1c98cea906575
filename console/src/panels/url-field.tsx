import { useEffect, useState } from "preact/hooks";
import { ApiError } from "../api/client.ts";
import { api } from "../api/session.ts";
import { Field } from "../parts/parts.tsx";
import { fieldText } from "../words/problem-text.ts";
import { w } from "../words/words.ts";

interface Verdict {
  readonly url: string;
  /** Absent: the URL may be registered. */
  readonly refusal?: string | undefined;
}

const TYPING_MS = 500; // after the last character

/** The field for a server's URL. Shortly after it was typed, it says whether the service would send to it. */
export function UrlField({
  value,
  error,
  onInput,
}: {
  readonly value: string;
  /** Of the last request. */
  readonly error: string | undefined;
  readonly onInput: (value: string) => void;
}) {
  const words = w().add;
  const url = value.trim();
  const [verdict, setVerdict] = useState<Verdict>();
  useEffect(() => {
    if (url === "" || isWrongUrl(url) || !URL.canParse(url)) return;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      api("POST /v1/endpoints/check", { body: { url }, signal: stop.signal }).then(
        () => setVerdict({ url }),
        // Any other problem is shown when the URL is tested or saved.
        (problem: unknown) => !stop.signal.aborted && setVerdict(refusedBy(problem, url)),
      );
    }, TYPING_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [url]);
  const current = verdict?.url === url ? verdict : undefined;
  return (
    <Field
      label={words.url}
      hint={current !== undefined && current.refusal === undefined ? words.urlAllowed : words.urlHint}
      error={isWrongUrl(url) ? w().problem.fields.url : (current?.refusal ?? error)}
    >
      <input
        type="url"
        required
        value={value}
        placeholder="https://"
        spellcheck={false}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
      />
    </Field>
  );
}

function refusedBy(problem: unknown, url: string): Verdict | undefined {
  const field = problem instanceof ApiError ? problem.fields[0] : undefined;
  return field && { url, refusal: fieldText(field, problem instanceof ApiError ? problem.code : undefined) };
}

/** Whether a text can no longer become a URL, so that this is shown while it is typed. */
function isWrongUrl(text: string): boolean {
  const isBegun = ["http://", "https://"].some((scheme) => scheme.startsWith(text.toLowerCase()));
  return !isBegun && !/^https?:\/\/[^\s\\]+$/i.test(text);
}
