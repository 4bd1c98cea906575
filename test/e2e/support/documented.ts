import { errorFormatOf } from "../../../lambdas/http/error-format.ts";
import { errorsOf } from "../../../lambdas/http/openapi/openapi.ts";
import type { Route } from "../../../lambdas/http/routes/route.ts";
import { ROUTES } from "../../../lambdas/http/routes.ts";

const PATTERNS = ROUTES.map((route) => ({
  route,
  pattern: new RegExp(`^${route.path.replaceAll(/[.]/g, "\\.").replaceAll(/\{\w+\}/g, "[^/]+")}$`),
}));

/** Says what of an answer the OpenAPI document does not list, or `undefined` if it lists the answer or has no such route. */
export function undocumented(
  method: string,
  pathAndQuery: string,
  { status, json }: { readonly status: number; readonly json: unknown },
): string | undefined {
  const [path = ""] = pathAndQuery.split("?");
  const found = PATTERNS.find(({ route, pattern }) => route.method === method && pattern.test(path));
  if (found === undefined) return undefined;
  const { route } = found;
  const codes: readonly string[] = errorsOf(route);
  const answered = `${route.operation} answered ${status}`;
  const code = typeof json === "object" && json !== null && "code" in json ? String(json.code) : undefined;
  if (status < 400) return [route.answer.status, otherStatus(route)].includes(status) ? undefined : answered;
  if (code !== undefined) return codes.includes(code) ? undefined : `${answered} ${code}`;
  // Mailjet's errors and the gateway's own have no Rappel code.
  if (!path.startsWith("/v3/")) return undefined;
  const statuses = errorsOf(route).map((code) => errorFormatOf(path).statusOf(code));
  return statuses.includes(status) ? undefined : answered;
}

function otherStatus({ otherAnswer }: Pick<Route, "otherAnswer">): number | undefined {
  return otherAnswer?.status;
}
