import { describe, expect, it } from "vitest";
import { type HttpRequest, onHttp } from "../../lambdas/http/http.ts";
import { problem, STATUS } from "../../lambdas/http/problem.ts";
import { RappelError } from "../../lambdas/shared/errors.ts";

describe("problem documents", () => {
  it.each(Object.entries(STATUS))("the problem document of %s has its status and code", (code, [status, title]) => {
    const answer = problem(new RappelError(isCode(code) ? code : "INTERNAL_ERROR", "why"));
    expect([answer.status, answer.headers["content-type"], JSON.parse(String(answer.body))]).toEqual([
      status,
      "application/problem+json",
      { type: `urn:rappel:problem:${code}`, title, status, code, detail: "why" },
    ]);
  });
});

describe("API Gateway events", () => {
  const event = {
    rawPath: "/",
    rawQueryString: "a=1&a=2&b=%C3%A9",
    headers: { Authorization: "x" },
    requestContext: { http: { method: "GET" } },
    isBase64Encoded: false,
  };

  it("an API Gateway event becomes a request with first query values, lower-case headers and the exact body", async () => {
    const requests: HttpRequest[] = [];
    const handler = onHttp(async (request) => {
      requests.push(request);
      return { status: 200, headers: {}, body: Buffer.from([0xff]) };
    });
    await handler({ ...event, body: "é", isBase64Encoded: false });
    const answered = await handler({ ...event, body: "/w==", isBase64Encoded: true });
    expect(requests.map(({ query, headers, body }) => [query, headers, [...body]])).toEqual([
      [{ a: "1", b: "é" }, { authorization: "x" }, [0xc3, 0xa9]],
      [{ a: "1", b: "é" }, { authorization: "x" }, [0xff]],
    ]);
    expect(answered).toMatchObject({ statusCode: 200, body: "/w==", isBase64Encoded: true });
  });
});

function isCode(code: string): code is keyof typeof STATUS {
  return Object.hasOwn(STATUS, code);
}
