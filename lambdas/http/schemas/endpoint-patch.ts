import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import type { Endpoint, EndpointConfig } from "../../endpoints/model/endpoint.ts";
import { isSameOrigin } from "../../endpoints/model/same-origin.ts";
import { mergePatch } from "../../shared/merge-patch.ts";
import {
  bodyOf,
  configOf,
  EndpointBody,
  type EndpointDefaults,
  EndpointFields,
  PATCHED_HEADERS_SCHEMA,
  PatchedMetadata,
} from "./endpoint-body.ts";
import { parseFields } from "./parse-fields.ts";
import { MASK, type SplitUrl, splitUrl, withUserinfo } from "./url-field.ts";

/** A merge patch in the OpenAPI document. It is checked after it is merged, by `EndpointBody`. */
export const EndpointPatchBody = z
  .strictObject(inPatch(EndpointFields.shape))
  .meta({ id: "EndpointPatch", description: "Missing fields stay as they are; null sets a field to its default." });

function inPatch(shape: Readonly<Record<string, z.ZodType>>): Record<string, z.ZodType> {
  return Object.fromEntries(
    Object.entries(shape).map(([name, field]) => {
      const isClearable = field instanceof z.ZodDefault || field instanceof z.ZodExactOptional;
      const inner = isClearable ? field.unwrap() : field;
      if (!(inner instanceof z.ZodType)) throw new Error(`Cannot show the field ${name} in a patch`);
      return [name, isClearable ? membersOf(name, inner).nullish() : inner.optional()];
    }),
  );
}

/** The fields whose members are patched too: null removes a member, or sets it to its default. */
function membersOf(name: string, field: z.ZodType): z.ZodType {
  const { description = "" } = field;
  if (name === "headers") return field.meta({ override: PATCHED_HEADERS_SCHEMA });
  if (name === "metadata") return PatchedMetadata.meta({ description });
  return field instanceof z.ZodObject ? z.strictObject(inPatch(field.shape)).meta({ description }) : field;
}

type Patchable = EndpointConfig & Pick<Partial<Endpoint>, "managedBy">;

/**
 * Applies a merge patch to an endpoint's configuration. A field set to `null` gets its default. A masked value keeps the
 * stored one: for headers, and for a url's password if the user is the same. No stored value is sent to another origin
 * (scheme, host or port): a patch that moves the url there gives each header's value again, or removes it with `null`.
 * @throws {RappelError} `FIELDS_INVALID`
 */
export function patched(patch: unknown, defaults: EndpointDefaults): (present: Patchable) => EndpointConfig {
  return (present) => {
    const { userinfo } = present;
    const headers = keepableHeaders(patch, present);
    const body = {
      ...withoutOldRules(bodyOf({ ...present, headers }), patch, present),
      url: userinfo === undefined ? present.url : withUserinfo(present.url, userinfo),
    };
    const merged = mergePatch(body, unmasked(patch, { ...present, headers }));
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

/**
 * The stored headers; all masked, and so refused, if the patch moves the url to another origin. An endpoint of callbacks
 * cannot be moved by a patch, and is refused for that.
 */
function keepableHeaders(patch: unknown, { url, headers, managedBy }: Patchable): EndpointConfig["headers"] {
  if (managedBy !== undefined || !isObject(patch) || typeof patch["url"] !== "string") return headers;
  const split = splitUrl(patch["url"]);
  if (typeof split === "string" || isSameOrigin(split.url, url)) return headers;
  return Object.fromEntries(Object.keys(headers).map((name) => [name, MASK]));
}

/** A url from a request, with the stored user and password if it has their mask and the same origin. */
export function unmaskedUrl(text: string, { url, userinfo }: SplitUrl): string {
  const split = splitUrl(text);
  if (typeof split === "string" || split.userinfo === undefined || userinfo === undefined) return text;
  const isMasked =
    userinfo.password === ""
      ? split.userinfo.user === MASK && split.userinfo.password === ""
      : split.userinfo.user === userinfo.user && split.userinfo.password === MASK;
  return isMasked && isSameOrigin(split.url, url) ? withUserinfo(split.url, userinfo) : text;
}

/** Header names in lower case, as they are stored, because they are case-insensitive. */
function unmaskedHeaders(headers: object, present: EndpointConfig["headers"]): object {
  const entries = Object.entries(headers).map(([name, value]): [string, unknown] => [name.toLowerCase(), value]);
  return Object.fromEntries(entries.map(([name, value]) => [name, value === MASK ? (present[name] ?? value) : value]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
