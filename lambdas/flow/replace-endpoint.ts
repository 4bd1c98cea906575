import type { Endpoint } from "../core/endpoint.ts";
import { RappelError } from "../core/errors.ts";
import type { Endpoints } from "../ports.ts";

/** Puts an endpoint in the place of the version before. @throws {RappelError} `WRITE_CONFLICT` */
export async function replaceEndpoint(endpoints: Endpoints, endpoint: Endpoint): Promise<void> {
  if ((await endpoints.replace(endpoint)) === "replaced") return;
  throw new RappelError(
    "WRITE_CONFLICT",
    "The endpoint was changed by another request at the same moment: read it and try again",
  );
}
