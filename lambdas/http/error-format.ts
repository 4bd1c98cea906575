import * as z from "zod";
import type { JsonFault } from "../payload/json-tokens.ts";
import { type ErrorCode, type FieldError, RappelError } from "../shared/errors.ts";
import type { HttpAnswer } from "./http.ts";
import { problem, STATUS } from "./problem.ts";
import { Problem } from "./schemas/responses.ts";

/** How the errors of some paths are told. */
export interface ErrorShape {
  readonly media: string;
  readonly schema: z.ZodType;
  statusOf(code: ErrorCode): number;
  tell(error: RappelError | JsonFault, headers?: Record<string, string>): HttpAnswer;
}

export const MailjetError = z
  .strictObject({ ErrorInfo: z.string(), ErrorMessage: z.string(), StatusCode: z.int() })
  .meta({ id: "MailjetError" });

const PROBLEMS: ErrorShape = {
  media: "application/problem+json",
  schema: Problem,
  statusOf: (code) => STATUS[code][0],
  tell: problem,
};

/** As Mailjet's clients expect them: what is wrong with a request is 400 there, and all of it in one text. */
const MAILJETS: ErrorShape = {
  media: "application/json",
  schema: MailjetError,
  statusOf: (code) => mailjetStatus(STATUS[code][0]),
  tell(error, more) {
    const { status: told, headers } = problem(error, more);
    const status = mailjetStatus(told);
    const fields = error instanceof RappelError ? error.errors : [];
    const ErrorMessage = [error.message, ...fields.map(fieldText)].join("; ");
    return {
      status,
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify({ ErrorInfo: "", ErrorMessage, StatusCode: status }),
    };
  },
};

/** Under `/v3/` stands Mailjet's interface, what it does not know included. */
export function errorShapeOf(path: string): ErrorShape {
  return path.startsWith("/v3/") ? MAILJETS : PROBLEMS;
}

function mailjetStatus(status: number): number {
  return status === 422 ? 400 : status;
}

function fieldText({ pointer, detail, allowed }: FieldError): string {
  const name = pointer.replace(/^[/?]/, "");
  // What is told of an endpoint's url is told of the callback's Url.
  const field = name === "" ? "the body" : name === "url" ? "Url" : name;
  return `${field} ${detail}${allowed === undefined ? "" : `, allowed is ${allowed}`}`;
}
