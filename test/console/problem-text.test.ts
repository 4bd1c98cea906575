import { afterEach, describe, expect, it } from "vitest";
import { es } from "../../console/src/words/es.ts";
import { fr } from "../../console/src/words/fr.ts";
import { fieldText, problemText } from "../../console/src/words/problem-text.ts";
import { language } from "../../console/src/words/words.ts";
import { routes } from "../../lambdas/http/routes.ts";
import { fieldErrors } from "../../lambdas/http/schemas/field-errors.ts";

const problem = (code: string, more: object = {}) => ({
  status: 422,
  code,
  message: "In English",
  fields: [],
  ...more,
});
const LANGUAGES = ["en", "fr", "es"] as const;

afterEach(() => {
  language.value = "en";
});

/** What a request with these wrong fields gets from the API. */
function rejected(schema: typeof routes.createEndpoint.body.schema, body: object) {
  const parsed = schema.safeParse(body);
  return parsed.success ? [] : fieldErrors(parsed.error, "", body);
}

describe("an error of the API", () => {
  it("is shown in the current language, and in English in the API's own words", () => {
    const texts = LANGUAGES.map((code) => {
      language.value = code;
      return problemText(problem("ENDPOINT_LIMIT_REACHED"));
    });
    expect(texts[0]).toBe("In English");
    expect(texts.slice(1)).toEqual([fr, es].map(({ problem: { codes } }) => codes.ENDPOINT_LIMIT_REACHED));
  });

  it("of a code that the console does not know has a text in each language", () => {
    for (const code of ["fr", "es"] as const) {
      language.value = code;
      expect(problemText(problem("SOMETHING_NEW"))).not.toContain("English");
      expect(problemText(problem("constructor", { status: 503 }))).not.toContain("English");
    }
  });

  it("of an address says why in English, and what is wrong in other languages", () => {
    const refused = problem("ADDRESS_FORBIDDEN", { fields: [{ pointer: "/url", detail: "10.0.0.1 is not public" }] });
    expect(problemText(refused)).toBe("Events are not sent to this URL: 10.0.0.1 is not public.");
    language.value = "fr";
    expect(problemText(refused)).toBe(fr.problem.address());
  });
});

describe("a rejected field", () => {
  const fields = rejected(routes.createEndpoint.body.schema, {
    url: "ftp://a.example",
    eventTypes: [""],
    timeoutMs: 1,
  });

  it("each field of the form has a text of its own in each language", () => {
    expect(fields.map(({ pointer }) => pointer)).toEqual(["/url", "/timeoutMs", "/eventTypes/0"]);
    for (const [code, words] of Object.entries({ fr, es })) {
      language.value = code as "fr" | "es";
      const { url, eventTypes, timeoutMs } = words.problem.fields;
      expect(fields.map((field) => fieldText(field))).toEqual([url, timeoutMs, eventTypes]);
    }
  });

  it("in English it is what the API allows", () => {
    expect(fieldText(fields[0] ?? { pointer: "", detail: "" })).toContain("http:// or https:// URL");
  });

  it("an unknown field has a general text, which names nothing in English", () => {
    language.value = "es";
    expect(fieldText({ pointer: "/releaseRate", detail: "is invalid", allowed: "a number" })).not.toMatch(
      /number|rate/,
    );
  });
});
