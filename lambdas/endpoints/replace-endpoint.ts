import type { Endpoints } from "../ports/endpoints.ts";
import { RappelError } from "../shared/errors.ts";
import type { Endpoint } from "./model/endpoint.ts";

/** Replaces the version of an endpoint before this one. @throws {RappelError} `WRITE_CONFLICT` */
export async function replaceEndpoint(endpoints: Endpoints, endpoint: Endpoint): Promise<void> {
  if ((await endpoints.replace(endpoint)) === "replaced") return;
  throw new RappelError(
    "WRITE_CONFLICT",
    "The endpoint was changed by another request at the same moment: read it and try again",
  );
}
