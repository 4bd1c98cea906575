import { fileServer } from "./console/serve-files.ts";
import { onHttp } from "./http/http.ts";
import { ConsoleEnvironment } from "./runtime/environment.ts";
import { readStaticFiles } from "./runtime/static-files.ts";

const env = ConsoleEnvironment.parse(process.env);
const serve = fileServer(readStaticFiles(new URL("files/", import.meta.url)), env.CONSOLE_FRAME_ANCESTORS);

export const handler = onHttp(async (request) => serve(request));
