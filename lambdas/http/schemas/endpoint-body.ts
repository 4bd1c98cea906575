import * as z from "zod";
import type { EndpointConfig } from "../../endpoints/model/endpoint.ts";
import { EVENT_TYPE } from "../../events/model/event.ts";
import { LIMITS } from "../../shared/limits.ts";
import { shownAs, textOf } from "./fields.ts";
import {
  formatFields,
  groupFields,
  isWritable,
  NOT_WRITABLE_SCHEMA,
  notWritable,
  withPreset,
} from "./format-fields.ts";
import { isSample, notASample, SAMPLE_SCHEMA, sampleFields } from "./sample-fields.ts";
import { ScheduleField } from "./schedule-field.ts";
import {
  isReservedHeader,
  MASK,
  RESERVED_HEADER_PATTERN,
  type SplitUrl,
  shownUrl,
  splitUrl,
  URL_SCHEMA,
  withUserinfo,
} from "./url-field.ts";

const HEADER_NAME = /^[A-Za-z0-9][A-Za-z0-9!#$%&'*+.^_`|~-]{0,63}$/; // an RFC 9110 token that starts with a letter or digit
const HEADER_VALUE = /^[\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?$/; // no CR, LF or NUL, against request smuggling
const METADATA_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
const PATTERN = /^(\*|[A-Za-z0-9_.-]{1,126}\.\*)$/;

/** A url, split into the url itself and its user and password. */
export const UrlField = z
  .string("an http:// or https:// URL")
  .max(LIMITS.urlChars, `at most ${LIMITS.urlChars} characters`)
  .transform((text, context) => {
    const split = splitUrl(text);
    const isMasked = typeof split !== "string" && [split.userinfo?.user, split.userinfo?.password].includes(MASK);
    // Percent-encoding makes it longer, and the stored url must be valid when it is sent back.
    const isTooLong =
      typeof split !== "string" &&
      (split.userinfo === undefined ? split.url : withUserinfo(split.url, split.userinfo)).length > LIMITS.urlChars;
    if (typeof split !== "string" && !isMasked && !isTooLong) return split;
    const allowed =
      typeof split === "string"
        ? split
        : isTooLong
          ? `at most ${LIMITS.urlChars} characters, percent-encoded`
          : `a url with a real password: ${MASK} keeps the stored one, for the same user and server only`;
    context.addIssue({ code: "custom", message: allowed });
    return z.NEVER;
  })
  .meta({
    description:
      "The URL that events are POSTed to. `user:password@` is sent as Basic credentials and masked in responses.",
    example: "https://example.com/webhooks",
    override: shownAs(URL_SCHEMA),
  });

export const EventTypes = z
  .array(
    z
      .string("a string")
      .refine((text) => EVENT_TYPE.test(text) || PATTERN.test(text), {
        error: 'an exact type, "*", or a prefix of whole segments such as "email.*"',
      })
      .meta({
        example: "email.opened",
        override: { minLength: 1, maxLength: 128, pattern: `${EVENT_TYPE.source}|${PATTERN.source}` },
      }),
    "a list of event types",
  )
  .min(1, `1 to ${LIMITS.eventTypesPerEndpoint} types`)
  .max(LIMITS.eventTypesPerEndpoint, `1 to ${LIMITS.eventTypesPerEndpoint} types`)
  .meta({
    description: "Exact types; `*` for all types except `rappel.*`; `email.*` for all types that start with `email.`.",
    example: ["open", "email.*"],
  });

const HEADER_VALUE_SCHEMA = {
  type: "string",
  minLength: 1,
  maxLength: LIMITS.headerValueChars,
  pattern: HEADER_VALUE.source,
} as const;
/** An endpoint's headers in the OpenAPI document. */
const HEADERS_SCHEMA = {
  maxProperties: LIMITS.headersPerEndpoint,
  propertyNames: { type: "string", pattern: HEADER_NAME.source, not: { pattern: RESERVED_HEADER_PATTERN } },
  additionalProperties: { ...HEADER_VALUE_SCHEMA, not: { const: MASK } },
} as const;
/** The same in a merge patch, where null removes a header and the mask keeps its value. */
export const PATCHED_HEADERS_SCHEMA = {
  ...HEADERS_SCHEMA,
  additionalProperties: { anyOf: [HEADER_VALUE_SCHEMA, { type: "null" }] },
} as const;

const Headers = z
  .record(
    z
      .string()
      .regex(HEADER_NAME, "a header name: 1-64 token characters (RFC 9110)")
      .refine((name) => !isReservedHeader(name), {
        error:
          "a header that Rappel does not set itself: not host, content-*, connection, webhook-*, rappel-* or similar ones",
      }),
    z
      .string("a string")
      .max(LIMITS.headerValueChars, `at most ${LIMITS.headerValueChars} characters`)
      .regex(HEADER_VALUE, "printable ASCII, without line breaks")
      .refine((value) => value !== MASK, {
        error: `a real value: ${MASK} keeps a stored one, for the same scheme, host and port only`,
      }),
    "an object of header names and values",
  )
  .refine((headers) => Object.keys(headers).length <= LIMITS.headersPerEndpoint, {
    error: `at most ${LIMITS.headersPerEndpoint} headers`,
  })
  .refine(
    (headers) => new Set(Object.keys(headers).map((name) => name.toLowerCase())).size === Object.keys(headers).length,
    { error: "each header only once: names are case-insensitive" },
  )
  .transform((headers) =>
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
  )
  .meta({
    description:
      "Sent with every POST; values are masked in responses. If a change moves the url to another origin (scheme, host or port), it gives each value again or removes the header with null.",
    example: { "x-team": "billing" },
    override: HEADERS_SCHEMA,
  });

const MetadataName = z.string().regex(METADATA_NAME, "a name: 1-64 of A-Z a-z 0-9 _ . -");
const MetadataValue = textOf(LIMITS.metadataValueChars);
const Metadata = z
  .record(MetadataName, MetadataValue, "an object of strings")
  .refine((metadata) => Object.keys(metadata).length <= LIMITS.metadataEntries, {
    error: `at most ${LIMITS.metadataEntries} entries`,
  })
  .meta({
    description: "For your own use: stored and shown, never sent.",
    example: { customer: "42" },
    override: { maxProperties: LIMITS.metadataEntries },
  });
/** The metadata of a merge patch in the OpenAPI document: null removes an entry. */
export const PatchedMetadata = z
  .record(MetadataName, MetadataValue.nullable())
  .meta({ override: { maxProperties: LIMITS.metadataEntries } });

const TIMEOUT_ALLOWED = `a whole number from ${LIMITS.timeoutMsMin} to ${LIMITS.timeoutMsMax}`;
const fields = {
  url: UrlField,
  ...formatFields,
  timeoutMs: z
    .int(TIMEOUT_ALLOWED)
    .min(LIMITS.timeoutMsMin, TIMEOUT_ALLOWED)
    .max(LIMITS.timeoutMsMax, TIMEOUT_ALLOWED)
    .default(LIMITS.timeoutMsDefault)
    .meta({ description: "Timeout of one attempt, from DNS to the response headers." }),
  headers: Headers.default({}),
};
const PER_SECOND = (max: number) => `a whole number from 1 to ${max}, per second`;
const ReleaseRate = z
  .int(PER_SECOND(LIMITS.releaseRateMax))
  .min(1, PER_SECOND(LIMITS.releaseRateMax))
  .max(LIMITS.releaseRateMax, PER_SECOND(LIMITS.releaseRateMax))
  .meta({ description: "Deliveries per second from its backlog once it works again. For groups: POSTs per second." });
const RateLimit = z
  .int(PER_SECOND(LIMITS.rateLimitMax))
  .min(1, PER_SECOND(LIMITS.rateLimitMax))
  .max(LIMITS.rateLimitMax, PER_SECOND(LIMITS.rateLimitMax))
  .meta({ description: "Attempts per second at most, evenly spaced, first attempts and retries together." });
export const oneAuthorization = {
  error: "either user:password@ in the url or an authorization header, not both",
  path: ["headers", "authorization"],
};

export function hasOneAuthorization({ url, headers }: { url: SplitUrl; headers: EndpointConfig["headers"] }): boolean {
  return url.userinfo === undefined || headers["authorization"] === undefined;
}

/** Defaults that a stage's settings decide. */
export type EndpointDefaults = Pick<EndpointConfig, "retrySchedule">;
type EndpointInput = Omit<EndpointConfig, keyof EndpointDefaults> & Partial<EndpointDefaults>;

/** The configuration to store for a body. Later changes of the defaults do not affect the endpoint. */
export function configOf(input: EndpointInput, defaults: EndpointDefaults): EndpointConfig {
  const { preset } = input;
  return { ...(preset === "standard" ? defaults : { retrySchedule: preset }), ...input };
}

/** The fields of an endpoint that its user sets. */
export const EndpointFields = z.strictObject({
  ...fields,
  ...groupFields,
  eventTypes: EventTypes,
  description: textOf(LIMITS.descriptionChars).default(""),
  retrySchedule: ScheduleField.exactOptional(),
  releaseRate: ReleaseRate.default(LIMITS.releaseRate),
  rateLimit: RateLimit.exactOptional(),
  metadata: Metadata.default({}),
});

/** An endpoint's whole configuration, as it is checked after a patch. */
export const EndpointBody = EndpointFields.refine(hasOneAuthorization, oneAuthorization)
  .refine(isWritable, notWritable)
  .transform(({ url, ...rest }): EndpointInput => withPreset({ ...rest, ...url }));

/** The body of `POST /v1/endpoints/test`: a URL that is tested, not registered. */
export const TestBody = z
  .strictObject({ ...fields, ...sampleFields })
  .refine(isSample, notASample)
  .refine(hasOneAuthorization, oneAuthorization)
  .refine(isWritable, notWritable)
  .transform(({ url, ...rest }) => withPreset({ ...rest, ...url }))
  .meta({ id: "TestInput", override: { ...NOT_WRITABLE_SCHEMA, ...SAMPLE_SCHEMA } });

/** The body that would create an endpoint: a merge patch is applied to it. */
export function bodyOf(config: EndpointConfig): Record<string, unknown> {
  const { description, eventTypes, retrySchedule, timeoutMs, headers, metadata } = config;
  const { preset, format, encoding, success, group, backupOf, releaseRate, rateLimit } = config;
  return {
    url: shownUrl(config),
    description,
    eventTypes,
    preset,
    format,
    encoding,
    success,
    ...(group !== undefined && { group }),
    ...(backupOf !== undefined && { backupOf }),
    retrySchedule: scheduleView(retrySchedule),
    timeoutMs,
    releaseRate,
    ...(rateLimit !== undefined && { rateLimit }),
    headers,
    metadata,
  };
}

export function scheduleView(
  schedule: EndpointConfig["retrySchedule"],
): string | { times: number; everySeconds: number }[] {
  return typeof schedule === "string"
    ? schedule
    : schedule.map(({ times, everyMs }) => ({ times, everySeconds: everyMs / 1000 }));
}
