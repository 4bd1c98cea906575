import { isDeepStrictEqual } from "node:util";
import type { EndpointConfig } from "../../endpoints/model/endpoint.ts";
import { mergePatch } from "../../shared/merge-patch.ts";
import { bodyOf, configOf, EndpointBody, type EndpointDefaults } from "./endpoint-body.ts";
import { parseFields } from "./parse-fields.ts";
import { MASK, type SplitUrl, splitUrl, withUserinfo } from "./url-field.ts";

/**
 * Applies a merge patch to an endpoint's configuration. A field set to `null` gets its default. A masked value keeps the
 * stored one: for headers, and for a url's password if the user and the server are the same, so that it is never sent to
 * another server.
 * @throws {RappelError} `FIELDS_INVALID`
 */
export function patched(patch: unknown, defaults: EndpointDefaults): (present: EndpointConfig) => EndpointConfig {
  return (present) => {
    const { userinfo } = present;
    const body = {
      ...withoutOldRules(bodyOf(present), patch, present),
      url: userinfo === undefined ? present.url : withUserinfo(present.url, userinfo),
    };
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

/** A url from a request, with the stored user and password if it has their mask and the same server. */
export function unmaskedUrl(text: string, { url, userinfo }: SplitUrl): string {
  const split = splitUrl(text);
  if (typeof split === "string" || split.userinfo === undefined || userinfo === undefined) return text;
  const isMasked =
    userinfo.password === ""
      ? split.userinfo.user === MASK && split.userinfo.password === ""
      : split.userinfo.user === userinfo.user && split.userinfo.password === MASK;
  const isSameServer = new URL(split.url).origin === new URL(url).origin;
  return isMasked && isSameServer ? withUserinfo(split.url, userinfo) : text;
}

/** Header names in lower case, as they are stored, because they are case-insensitive. */
function unmaskedHeaders(headers: object, present: EndpointConfig["headers"]): object {
  const entries = Object.entries(headers).map(([name, value]): [string, unknown] => [name.toLowerCase(), value]);
  return Object.fromEntries(entries.map(([name, value]) => [name, value === MASK ? (present[name] ?? value) : value]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
