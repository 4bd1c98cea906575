import { language, w } from "./words.ts";

interface RejectedField {
  /** A JSON Pointer into the body, or `?name` of a query parameter. */
  readonly pointer: string;
  readonly detail: string;
  readonly allowed?: string | undefined;
}
interface Problem {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly fields: readonly RejectedField[];
}

/** What went wrong and what to do, in the current language. */
export function problemText({ status, code, message, fields }: Problem): string {
  const { problem } = w();
  if (code === "OFFLINE") return problem.offline;
  if (code === "READ_ONLY") return problem.readOnly;
  if (status === 403) return problem.scope;
  if (code === "RATE_LIMITED") return problem.rate;
  if (code === "FIELDS_INVALID" && fields.length > 0) return fields.map((field) => fieldText(field)).join(" ");
  if (code === "ADDRESS_FORBIDDEN") return problem.address(fields[0]?.detail ?? "");
  const known = textIn(problem.codes, code);
  // English texts of the API say more: the value that it got, and what it needs.
  if (language.value === "en" && code !== "UNKNOWN" && message !== "") return message;
  if (known !== undefined) return known;
  if (status === 429) return problem.rate;
  return status >= 500 ? problem.server : problem.codes.UNKNOWN;
}

/** What a field may have. The names of the API's fields are the same in its requests and its filters. */
export function fieldText({ pointer, detail, allowed }: RejectedField, code = "FIELDS_INVALID"): string {
  if (code === "ADDRESS_FORBIDDEN") return w().problem.address(detail);
  const name = pointer.replace(/^[/?]/, "").split("/")[0] ?? "";
  const known = textIn(w().problem.fields, name);
  if (known !== undefined && (language.value !== "en" || allowed === undefined)) return known;
  return language.value === "en" ? `${name}: ${allowed ?? detail}` : w().problem.codes.FIELDS_INVALID;
}

function textIn(texts: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(texts, name) ? texts[name] : undefined;
}
