import openapiTypescript, { astToString } from "openapi-typescript";
import { openApi } from "../lambdas/http/openapi/openapi.ts";
import { ERROR_CODES } from "../lambdas/http/problem.ts";

const HEAD = "// The types of the API, generated from its OpenAPI document by `npm run docs`. Do not edit.\n";

/** The content of `schema.ts`: every route with its parameters, bodies and responses. */
export async function generatedTypes(): Promise<string> {
  // A copy, because the generator resolves references in place. A field with a default may be left out of a request.
  const nodes = await openapiTypescript(structuredClone(openApi()) as Parameters<typeof openapiTypescript>[0], {
    defaultNonNullable: false,
    alphabetize: true,
  });
  const codes = ERROR_CODES.map((code) => `    | "${code}"`).join("\n");
  return `${HEAD}${astToString(nodes)}/** The codes of the API's errors. */\nexport type ErrorCode =\n${codes};\n`;
}
