import { errorFormatOf } from "../../../lambdas/http/error-format.ts";
import { errorsOf } from "../../../lambdas/http/openapi.ts";
import { ROUTES } from "../../../lambdas/http/routes.ts";

const PATTERNS = ROUTES.map((route) => ({
  route,
  pattern: new RegExp(`^${route.path.replaceAll(/[.]/g, "\\.").replaceAll(/\{\w+\}/g, "[^/]+")}$`),
}));

/** Says what the API's document does not know of an answer, where a route of the table has given it; `undefined`: it knows. */
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
  const told = `${route.operation} answered ${status}`;
  const code = typeof json === "object" && json !== null && "code" in json ? String(json.code) : undefined;
  if (status < 400) return status === route.answer.status ? undefined : told;
  if (code !== undefined) return codes.includes(code) ? undefined : `${told} ${code}`;
  // Mailjet's errors have no codes of ours; what the gateway says by itself has neither.
  if (!path.startsWith("/v3/")) return undefined;
  const statuses = errorsOf(route).map((one) => errorFormatOf(path).statusOf(one));
  return statuses.includes(status) ? undefined : told;
}
