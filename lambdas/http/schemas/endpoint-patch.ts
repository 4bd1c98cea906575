import { isDeepStrictEqual } from "node:util";
import type { EndpointConfig } from "../../endpoints/model/endpoint.ts";
import { RappelError } from "../../shared/errors.ts";
import { mergePatch } from "../../shared/merge-patch.ts";
import { bodyOf, configOf, EndpointBody, type EndpointDefaults } from "./endpoint-body.ts";
import { pointerOf } from "./field-errors.ts";
import { parseFields } from "./parse-fields.ts";
import { MASK, type SplitUrl, splitUrl, withUserinfo } from "./url-field.ts";

/**
 * Applies a merge patch to an endpoint's configuration. A field set to `null` gets its default. A masked value keeps the
 * stored one: for headers, and for a url's password if the user is the same. No stored value is sent to another server: if
 * the url's origin changes, the patch gives each stored header's value again, or removes it with `null`.
 * @throws {RappelError} `FIELDS_INVALID`
 */
export function patched(patch: unknown, defaults: EndpointDefaults): (present: EndpointConfig) => EndpointConfig {
  return (present) => {
    const { userinfo } = present;
    const body = {
      ...withoutOldRules(bodyOf(present), patch, present),
      url: userinfo === undefined ? present.url : withUserinfo(present.url, userinfo),
    };
    requireNoHeaderFollows(patch, present);
    const merged = mergePatch(body, unmasked(patch, present));
    // An endpoint whose callbacks have moved away has no event types, which is invalid in a request.
    const isLeft = present.eventTypes.length === 0 && isObject(merged) && isDeepStrictEqual(merged["eventTypes"], []);
    const input = parseFields(EndpointBody, isLeft ? { ...merged, eventTypes: ["*"] } : merged);
    return configOf(isLeft ? { ...input, eventTypes: [] } : input, defaults);
  };
}

// The fields that depend on the preset.
const PRESET_FIELDS = ["format", "success", "retrySchedule"];

/** A new preset comes with its own rules: those of the old preset are removed. */
function withoutOldRules(body: Record<string, unknown>, patch: unknown, { preset }: EndpointConfig) {
  const isAnother = isObject(patch) && patch["preset"] !== undefined && (patch["preset"] ?? "standard") !== preset;
  return isAnother ? Object.fromEntries(Object.entries(body).filter(([name]) => !PRESET_FIELDS.includes(name))) : body;
}

function unmasked(patch: unknown, present: EndpointConfig): unknown {
  if (!isObject(patch)) return patch;
  const { url, headers } = patch;
  return {
    ...patch,
    ...(typeof url === "string" && { url: unmaskedUrl(url, present) }),
    ...(isObject(headers) && { headers: unmaskedHeaders(headers, present.headers) }),
  };
}

/** @throws {RappelError} `FIELDS_INVALID`, with each stored header that the patch would send to another server */
function requireNoHeaderFollows(patch: unknown, present: EndpointConfig): void {
  if (!isObject(patch) || typeof patch["url"] !== "string") return;
  const split = splitUrl(patch["url"]);
  if (typeof split === "string" || isSameServer(split, present)) return;
  const { headers } = patch;
  if (headers === null) return; // all are removed
  const given = new Map(
    Object.entries(isObject(headers) ? headers : {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const following = Object.keys(present.headers).filter((name) => !given.has(name) || given.get(name) === MASK);
  if (following.length === 0) return;
  throw new RappelError("FIELDS_INVALID", "Some fields are invalid", {
    errors: following.map((name) => ({
      pointer: pointerOf("", ["headers", name]),
      detail: "is missing: stored values are not sent to another server",
      allowed: "the value for the new url, or null to remove the header",
    })),
  });
}

const isSameServer = (a: SplitUrl, b: SplitUrl) => new URL(a.url).origin === new URL(b.url).origin;

/** A url from a request, with the stored user and password if it has their mask and the same server. */
export function unmaskedUrl(text: string, { url, userinfo }: SplitUrl): string {
  const split = splitUrl(text);
  if (typeof split === "string" || split.userinfo === undefined || userinfo === undefined) return text;
  const isMasked =
    userinfo.password === ""
      ? split.userinfo.user === MASK && split.userinfo.password === ""
      : split.userinfo.user === userinfo.user && split.userinfo.password === MASK;
  return isMasked && isSameServer(split, { url }) ? withUserinfo(split.url, userinfo) : text;
}

/** Header names in lower case, as they are stored, because they are case-insensitive. */
function unmaskedHeaders(headers: object, present: EndpointConfig["headers"]): object {
  const entries = Object.entries(headers).map(([name, value]): [string, unknown] => [name.toLowerCase(), value]);
  return Object.fromEntries(entries.map(([name, value]) => [name, value === MASK ? (present[name] ?? value) : value]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
