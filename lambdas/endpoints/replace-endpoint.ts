import type { Endpoints } from "../ports/endpoints.ts";
import { RappelError } from "../shared/errors.ts";
import type { Endpoint } from "./model/endpoint.ts";

/** Puts an endpoint in the place of the version before. @throws {RappelError} `WRITE_CONFLICT` */
export async function replaceEndpoint(endpoints: Endpoints, endpoint: Endpoint): Promise<void> {
  if ((await endpoints.replace(endpoint)) === "replaced") return;
  throw new RappelError(
    "WRITE_CONFLICT",
    "The endpoint was changed by another request at the same moment: read it and try again",
  );
}
