import { claimRequest, completing, type IdempotencyKey } from "../accounts/claim-request.ts";
import type { Claims } from "../ports/events.ts";
import { idFrom } from "../shared/ids.ts";
import { findEndpoint } from "./find-endpoint.ts";
import type { Endpoint, EndpointConfig } from "./model/endpoint.ts";
import type { EndpointState } from "./model/endpoint-state.ts";
import { type RegisterPorts, registerEndpoint, type Start } from "./register-endpoint.ts";
import { wakeSuspendedMains } from "./validate-backup.ts";

interface Registered {
  readonly endpoint: Endpoint;
  readonly state: EndpointState;
  /** Whether an earlier request with the same key has registered it. */
  readonly isReplay: boolean;
}

/**
 * Registers a URL, with an Idempotency-Key only once: the endpoint's id is derived from the claim, so a repeat finds it.
 * @throws {RappelError} the errors of `registerEndpoint` and `claimRequest`; `ENDPOINT_NOT_FOUND` if a repeat's endpoint
 * was deleted meanwhile
 */
export async function registerOnce(
  ports: RegisterPorts & { readonly claims: Claims },
  account: string,
  config: EndpointConfig,
  idempotency: Omit<IdempotencyKey, "owner"> | undefined,
  start: Start = {},
): Promise<Registered> {
  if (idempotency === undefined) return { ...(await registerEndpoint(ports, account, config, start)), isReplay: false };
  const { eventsSince } = await ports.accounts.find(account);
  const { claim, progress } = await claimRequest(ports, { owner: account, ...idempotency }, eventsSince);
  const id = idFrom("ep", claim.acceptedAt, claim.seed);
  if (progress === "done") return { ...(await findEndpoint(ports, account, id)), isReplay: true };
  return completing(ports, claim, async () => {
    const isThere = progress === "again" && (await ports.endpoints.find(account, id)) !== undefined;
    if (isThere) {
      await wakeSuspendedMains(ports, config);
      return { ...(await findEndpoint(ports, account, id)), isReplay: true };
    }
    return { ...(await registerEndpoint(ports, account, config, start, id)), isReplay: false };
  });
}
