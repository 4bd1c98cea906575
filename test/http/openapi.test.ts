import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { openApi } from "../../lambdas/http/openapi/openapi.ts";
import { REQUEST_EXAMPLES } from "../../lambdas/http/openapi/request-examples.ts";
import { ROUTES } from "../../lambdas/http/routes.ts";
import { DOCUMENT, validatorAt } from "../support/openapi-schemas.ts";

describe("the OpenAPI document", () => {
  it("the OpenAPI document is valid OpenAPI 3.1", async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(JSON.parse(JSON.stringify(openApi())));
    expect(errors).toBeUndefined();
    expect([valid, validator.version]).toEqual([true, "3.1"]);
  });

  it("the OpenAPI document describes every route and its errors", () => {
    const text = JSON.stringify(openApi());
    for (const { operation, errors } of ROUTES) {
      expect(text).toContain(`"operationId":"${operation}"`);
      for (const code of errors) expect(text).toContain(code);
    }
  });

  it("every operation has one tag, which the document lists", () => {
    const { tags } = z.object({ tags: z.array(z.object({ name: z.string() })) }).parse(openApi());
    const names = tags.map(({ name }) => name);
    const operations = [DOCUMENT.paths, DOCUMENT.webhooks].flatMap((paths) =>
      Object.values(paths).flatMap(Object.values),
    );
    for (const { operationId, tags: own } of operations)
      expect([operationId, own]).toEqual([operationId, [expect.toBeOneOf(names)]]);
    expect(new Set(operations.flatMap(({ tags: own }) => own))).toEqual(new Set(names));
  });

  it("every body has examples, and each one matches its schema", () => {
    const bodies = Object.entries(DOCUMENT.paths).flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([method, { operationId, requestBody }]) =>
        Object.keys(requestBody?.content ?? {}).map((media) => ({ path, method, operationId, media })),
      ),
    );
    expect(bodies.length).toBeGreaterThan(10);
    const examplesOf = new Map<string, Readonly<Record<string, unknown>>>(Object.entries(REQUEST_EXAMPLES));
    for (const { path, method, operationId, media } of bodies) {
      const validate = validatorAt("paths", path, method, "requestBody", "content", media, "schema");
      const examples = Object.values(examplesOf.get(operationId) ?? {});
      expect([operationId, examples.length]).not.toEqual([operationId, 0]);
      for (const example of examples)
        expect([example, validate(example), validate.errors]).toEqual([example, true, null]);
    }
  });

  it("what several places use is a named schema", () => {
    const { components } = z
      .object({ components: z.object({ schemas: z.record(z.string(), z.unknown()) }) })
      .parse(openApi());
    expect(Object.keys(components.schemas)).toEqual(
      expect.arrayContaining(["Attempt", "ReceiverResponse", "RetrySchedule", "Group", "FieldError", "EndpointPatch"]),
    );
  });

  it("every route has its own path and method", () => {
    expect(new Set(ROUTES.map(({ method, path }) => `${method} ${path}`)).size).toBe(ROUTES.length);
  });
});
