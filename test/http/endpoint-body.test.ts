import { describe, expect, it } from "vitest";
import * as z from "zod";
import { SCOPES } from "../../lambdas/accounts/model/key.ts";
import { newState } from "../../lambdas/endpoints/model/endpoint-state.ts";
import { configOf, EndpointBody } from "../../lambdas/http/schemas/endpoint-body.ts";
import { patched as patchedWith } from "../../lambdas/http/schemas/endpoint-patch.ts";
import { parseFields } from "../../lambdas/http/schemas/parse-fields.ts";
import { endpointView } from "../../lambdas/http/views/endpoint-views.ts";
import { type FieldError, RappelError } from "../../lambdas/shared/errors.ts";
import { LIMITS } from "../../lambdas/shared/limits.ts";
import { endpointWith } from "../support/examples.ts";
import { minimal, read } from "./endpoint-config.ts";

const errorsOf = (more: object): readonly FieldError[] => {
  try {
    read(more);
    return [];
  } catch (error) {
    if (error instanceof RappelError) return error.errors;
    throw error;
  }
};
const pointersOf = (more: object): string[] => errorsOf(more).map(({ pointer }) => pointer);
const state = newState("ep", "acme", 0);

describe("a url that grows when it is percent-encoded", () => {
  it("a url is refused if it is too long after percent-encoding, so that every stored url can be sent back", () => {
    const grows = (count: number) => ({ url: `https://example.com/${"é".repeat(count)}` });
    const { url } = read(grows(300));
    expect(read({ url }).url).toBe(url);
    expect(pointersOf(grows(500))).toEqual(["/url"]);
  });
});

describe("registering an endpoint", () => {
  it("an endpoint needs only url and eventTypes", () => {
    expect(read({})).toEqual({
      ...minimal,
      description: "",
      preset: "standard",
      format: "standard",
      encoding: "json",
      success: "2xx",
      retrySchedule: "standard",
      timeoutMs: 15_000,
      releaseRate: 25,
      headers: {},
      metadata: {},
    });
  });

  it("an endpoint without a schedule gets the stage's default, and keeps its own schedule otherwise", () => {
    const runDefaults = { retrySchedule: [{ times: 10, everyMs: 1_000 }] };
    const body = parseFields(EndpointBody, minimal);
    expect(configOf(body, runDefaults)).toMatchObject(runDefaults);
    const custom = parseFields(EndpointBody, { ...minimal, retrySchedule: "sarbacane" });
    expect(configOf(custom, runDefaults)).toMatchObject({ retrySchedule: "sarbacane" });
    // null resets it to the current default.
    const present = configOf(custom, runDefaults);
    expect(patchedWith({ retrySchedule: null }, runDefaults)(present)).toMatchObject(runDefaults);
    expect(patchedWith({ description: "x" }, runDefaults)(present)).toMatchObject({ retrySchedule: "sarbacane" });
  });

  it.each(["standard", "mailjet", "sarbacane"] as const)("the format %s can be encoded in XML", (format) => {
    expect(read({ format, encoding: "xml" })).toMatchObject({ format, encoding: "xml" });
    expect(read({ preset: format, encoding: "xml" })).toMatchObject({ format, encoding: "xml" });
  });

  it("the format raw in XML is refused, and the error lists the formats that XML supports", () => {
    const refused = EndpointBody.safeParse({ ...minimal, format: "raw", encoding: "xml" });
    expect(refused.error?.issues.map(({ message }) => message)).toEqual([
      '"json" for this format: "xml" is only for "standard", "mailjet", "sarbacane"',
    ]);
  });

  it("userinfo is stored apart from the url, and passwords and header values are masked", () => {
    const config = read({ url: "https://me:s3cret@example.com/x?a=1#part", headers: { "X-Token": "t0ken" } });
    expect(config).toMatchObject({
      url: "https://example.com/x?a=1",
      userinfo: { user: "me", password: "s3cret" },
      headers: { "x-token": "t0ken" },
    });
    const shown = JSON.stringify(endpointView({ endpoint: endpointWith(config), state, readAt: 0 }, SCOPES));
    expect(shown).toContain("https://me:***@example.com/x?a=1");
    expect(shown).toContain('"x-token":"***"');
    expect(shown).not.toMatch(/s3cret|t0ken/);
  });

  it("a user name without a password is masked, because it may be a token", () => {
    expect(
      endpointView({ endpoint: endpointWith(read({ url: "https://t0ken@example.com/" })), state, readAt: 0 }, SCOPES)
        .url,
    ).toBe("https://***@example.com/");
  });

  it.each<[string, object, string]>([
    ["a url of another scheme", { url: "ftp://example.com/" }, "/url"],
    ["an incomplete url", { url: "https://" }, "/url"],
    ["a url with a line break", { url: "https://exa\nmple.com/" }, "/url"],
    ["a url with a space before it", { url: " https://example.com/" }, "/url"],
    ["no event types", { eventTypes: [] }, "/eventTypes"],
    ["half a segment", { eventTypes: ["ema*"] }, "/eventTypes/0"],
    ["another format", { format: "xml" }, "/format"],
    ["another encoding", { encoding: "yaml" }, "/encoding"],
    ["the format raw in XML", { format: "raw", encoding: "xml" }, "/encoding"],
    ["the format cloudevents in XML", { preset: "mailjet", format: "cloudevents", encoding: "xml" }, "/encoding"],
    ["another rule of success", { success: "3xx" }, "/success"],
    ["an unknown field", { colour: "red" }, "/colour"],
    ["a header with a line break", { headers: { "x-a": "b\r\nhost: evil" } }, "/headers/x-a"],
    ["a header with NUL", { headers: { "x-a": "b\u0000" } }, "/headers/x-a"],
    ["a header name with a space", { headers: { "x a": "b" } }, "/headers/x a"],
    ["a header's name twice", { headers: { "x-a": "b", "X-A": "c" } }, "/headers"],
    ["a mask for a password", { url: "https://me:***@example.com/" }, "/url"],
    ["a mask for a header's value", { headers: { "x-a": "***" } }, "/headers/x-a"],
    ["an unpaired surrogate in the url", { url: "https://example.com/\ud800" }, "/url"],
    ["an unpaired surrogate in the description", { description: "a\ud800" }, "/description"],
    ["an unpaired surrogate in metadata", { metadata: { a: "\udc00a" } }, "/metadata/a"],
    ["metadata named __proto__", { metadata: JSON.parse('{"__proto__":"x"}') }, "/metadata/__proto__"],
    ["a header named __proto__", { headers: JSON.parse('{"__proto__":"x"}') }, "/headers/__proto__"],
    ["metadata that is not a string", { metadata: { a: 1 } }, "/metadata/a"],
    [
      "both kinds of credentials",
      { url: "https://a:b@example.com/", headers: { authorization: "Bearer x" } },
      "/headers/authorization",
    ],
  ])("an endpoint is refused with %s", (_, more, pointer) => {
    expect(pointersOf(more)).toEqual([pointer]);
  });

  it.each([
    "Host",
    "content-length",
    "Transfer-Encoding",
    "webhook-id",
    "Webhook-Signature",
    "rappel-x",
    "connection",
    "content-type",
    "accept-encoding",
    "proxy-authorization",
    "expect",
  ])("an endpoint cannot set the header %s", (name) => {
    expect(pointersOf({ headers: { [name]: "x" } })).toEqual([`/headers/${name}`]);
  });

  it("at most 20 members named __proto__ are listed, however many a body has", () => {
    const metadata = JSON.parse(`[${'{"__proto__":0},'.repeat(LIMITS.fieldErrors)}{"__proto__":0}]`);
    const refused = () => parseFields(z.unknown(), metadata);
    expect(refused).toThrow(
      expect.objectContaining({ errors: expect.toSatisfy((e) => e.length === LIMITS.fieldErrors) }),
    );
  });

  it.each<[string, object, RegExp]>([
    ["a header", { headers: { "x a": "b" } }, /^a header name: 1-64/],
    ["a header that Rappel sets", { headers: { Host: "b" } }, /^a header that Rappel does not set itself/],
    ["metadata", { metadata: { "a b": "x" } }, /^a name: 1-64/],
  ])("the error says which names are allowed for %s", (_, more, allowed) => {
    expect(errorsOf(more)).toMatchObject([{ allowed: expect.stringMatching(allowed) }]);
  });

  it.each<[string, object, object]>([
    ["timeoutMs, lowest", { timeoutMs: LIMITS.timeoutMsMin }, { timeoutMs: LIMITS.timeoutMsMin - 1 }],
    ["timeoutMs, highest", { timeoutMs: LIMITS.timeoutMsMax }, { timeoutMs: LIMITS.timeoutMsMax + 1 }],
    [
      "the url's length",
      { url: `https://example.com/${"a".repeat(LIMITS.urlChars - 20)}` },
      { url: `https://example.com/${"a".repeat(LIMITS.urlChars - 19)}` },
    ],
    [
      "eventTypes",
      { eventTypes: Array(LIMITS.eventTypesPerEndpoint).fill("a") },
      { eventTypes: Array(LIMITS.eventTypesPerEndpoint + 1).fill("a") },
    ],
    [
      "description",
      { description: "d".repeat(LIMITS.descriptionChars) },
      { description: "d".repeat(LIMITS.descriptionChars + 1) },
    ],
    [
      "a header's value",
      { headers: { a: "v".repeat(LIMITS.headerValueChars) } },
      { headers: { a: "v".repeat(LIMITS.headerValueChars + 1) } },
    ],
    ["headers", { headers: named(LIMITS.headersPerEndpoint) }, { headers: named(LIMITS.headersPerEndpoint + 1) }],
    ["metadata", { metadata: named(LIMITS.metadataEntries) }, { metadata: named(LIMITS.metadataEntries + 1) }],
    [
      "a metadata value",
      { metadata: { a: "v".repeat(LIMITS.metadataValueChars) } },
      { metadata: { a: "v".repeat(LIMITS.metadataValueChars + 1) } },
    ],
    ["the fewest waits", { retrySchedule: [] }, { retrySchedule: [{ times: 0, everySeconds: 1 }] }],
    [
      "the shortest wait",
      { retrySchedule: [{ times: 1, everySeconds: 1 }] },
      { retrySchedule: [{ times: 1, everySeconds: 0 }] },
    ],
    [
      "the most waits",
      { retrySchedule: [{ times: LIMITS.scheduleWaitsMax, everySeconds: 1 }] },
      {
        retrySchedule: [
          { times: LIMITS.scheduleWaitsMax - 1, everySeconds: 1 },
          { times: 2, everySeconds: 1 },
        ],
      },
    ],
    [
      "the longest wait",
      { retrySchedule: [{ times: 5, everySeconds: 86_400 }] },
      { retrySchedule: [{ times: 5, everySeconds: 86_401 }] },
    ],
  ])("an endpoint is accepted at the limit of %s and refused beyond it", (_, at, over) => {
    expect(pointersOf(at)).toEqual([]);
    expect(pointersOf(over)).toHaveLength(1);
  });
});

function named(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`x-${i}`, "v"]));
}
