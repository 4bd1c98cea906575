import { endpointNotFound } from "../endpoints/find-endpoint.ts";
import type { Page } from "../ports/page.ts";
import { findRecovery, type RecoveryWithState, recoveryNotFound } from "./find-recovery.ts";
import type { RecoveryRequest } from "./model/recovery.ts";

/**
 * For a caller who may see one endpoint only: the request, about that endpoint. Without an endpoint in `only`, unchanged.
 * @throws {RappelError} `ENDPOINT_NOT_FOUND` if it is about another one
 */
export function requestWithin<T extends { readonly request: RecoveryRequest }>(body: T, only: string | undefined): T {
  if (only === undefined) return body;
  const { endpoint = only } = body.request;
  if (endpoint !== only) throw endpointNotFound();
  return { ...body, request: { ...body.request, endpoint } };
}

/** @throws {RappelError} `RECOVERY_NOT_FOUND`, also for a recovery of other endpoints */
export async function requireShown(
  ports: Parameters<typeof findRecovery>[0],
  account: string,
  id: string,
  only: string | undefined,
): Promise<void> {
  if (only !== undefined && (await findRecovery(ports, account, id)).endpoint !== only) throw recoveryNotFound();
}

/** The recoveries of a page that the caller may see: there can be fewer than requested. */
export function shownOf(page: Page<RecoveryWithState>, only: string | undefined): Page<RecoveryWithState> {
  if (only === undefined) return page;
  return { ...page, items: page.items.filter(({ recovery }) => recovery.endpoint === only) };
}
