import { describe, expect, it } from "vitest";
import { configOf, EndpointBody, TestBody } from "../../lambdas/http/schemas/endpoint-body.ts";
import { patched as patchedWith } from "../../lambdas/http/schemas/endpoint-patch.ts";
import { parseFields } from "../../lambdas/http/schemas/parse-fields.ts";
import { RappelError } from "../../lambdas/shared/errors.ts";
import { endpointWith } from "../support/examples.ts";

const OF_STAGE = [{ times: 7, everyMs: 1_000 }];
const defaults = { retrySchedule: OF_STAGE };
const read = (more: object) =>
  configOf(parseFields(EndpointBody, { url: "https://example.com/hook", eventTypes: ["*"], ...more }), defaults);
const rulesOf = ({ preset, format, success, retrySchedule }: ReturnType<typeof read>) => ({
  preset,
  format,
  success,
  retrySchedule,
});
const patched = (present: object, patch: object) => rulesOf(patchedWith(patch, defaults)(endpointWith(read(present))));

const MAILJET = { preset: "mailjet", format: "mailjet", success: "200", retrySchedule: "mailjet" };
const SARBACANE = { preset: "sarbacane", format: "sarbacane", success: "2xx", retrySchedule: "sarbacane" };
const STANDARD = { preset: "standard", format: "standard", success: "2xx", retrySchedule: OF_STAGE };

describe("a preset", () => {
  it.each([
    ["none", {}, STANDARD],
    ["standard", { preset: "standard" }, STANDARD],
    ["mailjet", { preset: "mailjet" }, MAILJET],
    ["sarbacane", { preset: "sarbacane" }, SARBACANE],
  ])("decides format, success and schedule: %s", (_, more, rules) => {
    expect(rulesOf(read(more))).toEqual(rules);
  });

  it("leaves to the endpoint what that says itself", () => {
    const own = { format: "raw", success: "2xx", retrySchedule: "sarbacane" };
    expect(rulesOf(read({ preset: "mailjet", ...own }))).toEqual({ preset: "mailjet", ...own });
  });

  it("decides for a URL that is only tried, too", () => {
    const { format, success } = parseFields(TestBody, { url: "https://example.com/", preset: "mailjet" });
    expect({ format, success }).toEqual({ format: "mailjet", success: "200" });
  });

  it("is one of three", () => {
    expect(() => read({ preset: "mandrill" })).toThrow(RappelError);
  });
});

describe("an endpoint that changes its preset", () => {
  it("follows the new one's rules, whatever it said itself before", () => {
    expect(patched({ preset: "mailjet" }, { preset: "sarbacane" })).toEqual(SARBACANE);
    const own = { preset: "mailjet", format: "raw", success: "2xx", retrySchedule: [{ times: 5, everySeconds: 1 }] };
    expect(patched(own, { preset: "sarbacane" })).toEqual(SARBACANE);
  });

  it("follows what the same patch says beside it", () => {
    expect(patched({}, { preset: "mailjet", success: "2xx" })).toEqual({ ...MAILJET, success: "2xx" });
  });

  it("goes back to standard with null, and to the stage's schedule", () => {
    expect(patched({ preset: "mailjet" }, { preset: null })).toEqual(STANDARD);
  });

  it.each([{ preset: "mailjet" }, { description: "x" }])(
    "keeps what it said itself with %j, which changes none",
    (patch) => {
      expect(patched({ preset: "mailjet", format: "raw" }, patch)).toEqual({ ...MAILJET, format: "raw" });
    },
  );

  it("keeps what it said itself with null, where it is standard already", () => {
    expect(patched({ format: "raw", success: "200" }, { preset: null })).toMatchObject({
      format: "raw",
      success: "200",
    });
  });

  it("goes back to its preset's rule where it takes back its own", () => {
    const own = { preset: "mailjet", format: "raw", success: "2xx", retrySchedule: "sarbacane" };
    expect(patched(own, { format: null, success: null, retrySchedule: null })).toEqual(MAILJET);
  });
});
