// Stands in for AWS's runtime client where that cannot be installed: loads the handler, and passes events and results. It
// behaves as the runtime API's guide says, but it is not what runs in Lambda.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const { AWS_LAMBDA_RUNTIME_API, LAMBDA_TASK_ROOT = "." } = process.env;
const api = `http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;
const post = (path, body) => fetch(`${api}${path}`, { method: "POST", body: JSON.stringify(body) ?? "" });
const inWords = (error) => ({ errorType: error?.name ?? "Error", errorMessage: String(error?.message ?? error) });

const [file, name] = (process.argv[2] ?? "").split(".");
let handler;
try {
  handler = (await import(pathToFileURL(join(LAMBDA_TASK_ROOT, `${file}.mjs`)).href))[name];
} catch (error) {
  await post("/init/error", inWords(error));
  process.exit(1);
}
while (true) {
  const next = await fetch(`${api}/invocation/next`);
  const id = next.headers.get("lambda-runtime-aws-request-id");
  const deadlineAt = Number(next.headers.get("lambda-runtime-deadline-ms"));
  const context = { awsRequestId: id, getRemainingTimeInMillis: () => deadlineAt - Date.now() };
  try {
    await post(`/invocation/${id}/response`, await handler(await next.json(), context));
  } catch (error) {
    await post(`/invocation/${id}/error`, inWords(error));
  }
}
