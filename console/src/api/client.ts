export type { AnswerOf } from "../../../client/api.ts";
export { apiAt } from "../../../client/api.ts";
export { RappelError as ApiError } from "../../../client/errors.ts";
