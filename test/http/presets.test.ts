import { describe, expect, it } from "vitest";
import { configOf, EndpointBody, TestBody } from "../../lambdas/http/schemas/endpoint-body.ts";
import { patched as patchedWith } from "../../lambdas/http/schemas/endpoint-patch.ts";
import { parseFields } from "../../lambdas/http/schemas/parse-fields.ts";
import { RappelError } from "../../lambdas/shared/errors.ts";
import { endpointWith } from "../support/examples.ts";

const STAGE_SCHEDULE = [{ times: 7, everyMs: 1_000 }];
const defaults = { retrySchedule: STAGE_SCHEDULE };
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
const STANDARD = { preset: "standard", format: "standard", success: "2xx", retrySchedule: STAGE_SCHEDULE };

describe("presets", () => {
  it.each([
    ["none", {}, STANDARD],
    ["standard", { preset: "standard" }, STANDARD],
    ["mailjet", { preset: "mailjet" }, MAILJET],
    ["sarbacane", { preset: "sarbacane" }, SARBACANE],
  ])("a preset sets format, success and schedule: %s", (_, more, rules) => {
    expect(rulesOf(read(more))).toEqual(rules);
  });

  it("fields of the request take precedence over the preset", () => {
    const fields = { format: "raw", success: "2xx", retrySchedule: "sarbacane" };
    expect(rulesOf(read({ preset: "mailjet", ...fields }))).toEqual({ preset: "mailjet", ...fields });
  });

  it("a preset also applies to tests of a URL", () => {
    const { format, success } = parseFields(TestBody, { url: "https://example.com/", preset: "mailjet" });
    expect({ format, success }).toEqual({ format: "mailjet", success: "200" });
  });

  it("an unknown preset is refused", () => {
    expect(() => read({ preset: "mandrill" })).toThrow(RappelError);
  });
});

describe("changing the preset", () => {
  it("another preset replaces format, success and schedule", () => {
    expect(patched({ preset: "mailjet" }, { preset: "sarbacane" })).toEqual(SARBACANE);
    const fields = { preset: "mailjet", format: "raw", success: "2xx", retrySchedule: [{ times: 5, everySeconds: 1 }] };
    expect(patched(fields, { preset: "sarbacane" })).toEqual(SARBACANE);
  });

  it("fields in the same patch take precedence over the new preset", () => {
    expect(patched({}, { preset: "mailjet", success: "2xx" })).toEqual({ ...MAILJET, success: "2xx" });
  });

  it("null resets the preset to standard and the schedule to the stage's default", () => {
    expect(patched({ preset: "mailjet" }, { preset: null })).toEqual(STANDARD);
  });

  it.each([{ preset: "mailjet" }, { description: "x" }])(
    "the patch %j does not change the preset and keeps the endpoint's own fields",
    (patch) => {
      expect(patched({ preset: "mailjet", format: "raw" }, patch)).toEqual({ ...MAILJET, format: "raw" });
    },
  );

  it("null keeps the endpoint's own fields if the preset is already standard", () => {
    expect(patched({ format: "raw", success: "200" }, { preset: null })).toMatchObject({
      format: "raw",
      success: "200",
    });
  });

  it("null resets a field to the preset's value", () => {
    const fields = { preset: "mailjet", format: "raw", success: "2xx", retrySchedule: "sarbacane" };
    expect(patched(fields, { format: null, success: null, retrySchedule: null })).toEqual(MAILJET);
  });
});
