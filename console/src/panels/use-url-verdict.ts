import { useEffect, useState } from "preact/hooks";
import { ApiError } from "../api/client.ts";
import { api } from "../api/session.ts";
import { fieldText } from "../words/problem-text.ts";
import { w } from "../words/words.ts";

/** What the service says about a URL that is being typed. `unknown`: it was not asked yet, or could not be reached. */
export type Verdict =
  | { readonly is: "unknown" }
  | { readonly is: "allowed" }
  | { readonly is: "refused"; readonly why: string };

const TYPING_MS = 500; // after the last character
const UNKNOWN: Verdict = { is: "unknown" };

/** Asks the service about a URL, shortly after it was typed. Nothing is sent to the URL. */
export function useUrlVerdict(text: string): Verdict {
  const url = text.trim();
  const [answer, setAnswer] = useState<{ readonly url: string; readonly verdict: Verdict }>();
  useEffect(() => {
    if (url === "" || isWrongUrl(url) || !URL.canParse(url)) return;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      api("POST /v1/endpoints/check", { body: { url }, signal: stop.signal }).then(
        () => setAnswer({ url, verdict: { is: "allowed" } }),
        (problem: unknown) => !stop.signal.aborted && setAnswer({ url, verdict: refusedBy(problem) }),
      );
    }, TYPING_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [url]);
  if (isWrongUrl(url)) return { is: "refused", why: w().problem.fields.url };
  return answer?.url === url ? answer.verdict : UNKNOWN;
}

/** Problems that are not about the URL are shown when it is tested or saved. */
function refusedBy(problem: unknown): Verdict {
  const field = problem instanceof ApiError ? problem.fields[0] : undefined;
  if (field === undefined) return UNKNOWN;
  return { is: "refused", why: fieldText(field, problem instanceof ApiError ? problem.code : undefined) };
}

/** Whether a text can no longer become a URL, so that this is shown while it is typed. */
function isWrongUrl(text: string): boolean {
  const isBegun = ["http://", "https://"].some((scheme) => scheme.startsWith(text.toLowerCase()));
  return !isBegun && !/^https?:\/\/[^\s\\]+$/i.test(text);
}
