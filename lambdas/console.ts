import { fileServer } from "./console/serve-files.ts";
import { onHttp } from "./http/http.ts";
import { readStaticFiles } from "./runtime/static-files.ts";

const serve = fileServer(readStaticFiles(new URL("files/", import.meta.url)));

export const handler = onHttp(async (request) => serve(request));
