import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import * as z from "zod";
import { openApi } from "../../lambdas/http/openapi/openapi.ts";

const Content = z.record(z.string(), z.looseObject({ schema: z.unknown(), examples: z.unknown().optional() }));
const Operation = z.looseObject({
  operationId: z.string(),
  tags: z.array(z.string()),
  parameters: z.array(z.looseObject({ in: z.string(), name: z.string(), schema: z.unknown() })).default([]),
  requestBody: z.looseObject({ content: Content }).optional(),
});
const Document = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  webhooks: z.record(z.string(), z.record(z.string(), Operation)),
});

/** The OpenAPI document as callers read it. */
export const DOCUMENT = Document.parse(JSON.parse(JSON.stringify(openApi())));
const ajv = new Ajv2020({ strict: false, allErrors: true });
// Its default export is typed for CommonJS.
Reflect.apply(Reflect.get(Object(addFormats), "default") ?? addFormats, undefined, [ajv]);
ajv.addSchema(DOCUMENT, "api");

const escaped = (name: string) => encodeURIComponent(name.replaceAll("~", "~0").replaceAll("/", "~1"));
const compiled = new Map<string, ValidateFunction>();

/** A validator for the schema at a place of the document. */
export function validatorAt(...place: readonly (string | number)[]): ValidateFunction {
  const $ref = `api#/${place.map((name) => escaped(String(name))).join("/")}`;
  const known = compiled.get($ref) ?? ajv.compile({ $ref });
  compiled.set($ref, known);
  return known;
}

/** A validator for the bodies of one of the document's `webhooks`. @param mediaType of the POST, without parameters */
export function webhookValidator(name: string, mediaType: string): ValidateFunction {
  return validatorAt("webhooks", name, "post", "requestBody", "content", mediaType, "schema");
}

/** The schema with its `$ref` resolved. */
export function resolved(schema: unknown): Record<string, unknown> {
  const found = z.record(z.string(), z.unknown()).parse(schema);
  const { $ref } = found;
  if (typeof $ref !== "string") return found;
  const target = $ref
    .replace(/^#\//, "")
    .split("/")
    .reduce((value: unknown, name) => Reflect.get(Object(value), name), DOCUMENT);
  return resolved(target);
}
