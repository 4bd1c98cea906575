import { expect } from "vitest";
import { Problem } from "../../../lambdas/http/responses/common.ts";
import type { Answer } from "../support/harness.ts";

/** Expects a problem document with a status and a code. */
export function expectProblem(answer: Answer, status: number, code: string): void {
  expect([answer.status, answer.headers.get("content-type")], answer.text).toEqual([
    status,
    "application/problem+json",
  ]);
  expect(Problem.parse(answer.json)).toMatchObject({ status, code });
}
