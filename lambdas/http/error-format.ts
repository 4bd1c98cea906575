import * as z from "zod";
import type { JsonError } from "../payload/json-tokens.ts";
import { type ErrorCode, type FieldError, RappelError } from "../shared/errors.ts";
import { isMailjetPath } from "./case-free.ts";
import type { HttpAnswer } from "./http.ts";
import { problem, STATUS } from "./problem.ts";
import { Problem } from "./responses/common.ts";

/** The format of error responses for some paths. */
export interface ErrorFormat {
  readonly media: string;
  readonly schema: z.ZodType;
  statusOf(code: ErrorCode): number;
  toAnswer(error: RappelError | JsonError, headers?: Record<string, string>): HttpAnswer;
}

export const MailjetError = z
  .strictObject({ ErrorInfo: z.string(), ErrorMessage: z.string(), StatusCode: z.int() })
  .meta({ id: "MailjetError" });

const PROBLEMS: ErrorFormat = {
  media: "application/problem+json",
  schema: Problem,
  statusOf: (code) => STATUS[code][0],
  toAnswer: problem,
};

/** The format that Mailjet's clients expect: status 400 for every invalid request, and one message with all details. */
const MAILJET_ERRORS: ErrorFormat = {
  media: "application/json",
  schema: MailjetError,
  statusOf: (code) => mailjetStatus(STATUS[code][0]),
  toAnswer(error, more) {
    const { status: problemStatus, headers } = problem(error, more);
    const status = mailjetStatus(problemStatus);
    const fields = error instanceof RappelError ? error.errors : [];
    const ErrorMessage = [error.message, ...fields.map(fieldText)].join("; ");
    return {
      status,
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify({ ErrorInfo: "", ErrorMessage, StatusCode: status }),
    };
  },
};

/** The format of the interface that a path belongs to, whether its route exists or not. */
export function errorFormatOf(path: string): ErrorFormat {
  return isMailjetPath(path) ? MAILJET_ERRORS : PROBLEMS;
}

function mailjetStatus(status: number): number {
  return status === 422 ? 400 : status;
}

function fieldText({ pointer, detail, allowed }: FieldError): string {
  const name = pointer.replace(/^[/?]/, "");
  // An error of the endpoint's url is an error of the callback's Url.
  const field = name === "" ? "the body" : name === "url" ? "Url" : name;
  return `${field} ${detail}${allowed === undefined ? "" : ` (allowed: ${allowed})`}`;
}
