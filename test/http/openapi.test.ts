import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, it } from "vitest";
import { openApi } from "../../lambdas/http/openapi.ts";
import { ROUTES } from "../../lambdas/http/routes.ts";

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

  it("every route has its own path and method", () => {
    expect(new Set(ROUTES.map(({ method, path }) => `${method} ${path}`)).size).toBe(ROUTES.length);
  });
});
