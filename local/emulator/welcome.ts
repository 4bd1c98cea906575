import { styleText } from "node:util";
import type { ReadExport } from "../export/read-export.ts";
import type { ReadyKey } from "./ready-key.ts";

/** What `npm start` prints besides its address. */
export interface Started {
  readonly key: ReadyKey;
  /** Without one, the text says how to create it. */
  readonly operatorKey?: ReadyKey | undefined;
  /** The code of a link to the console. */
  readonly consoleCode: string;
  /** Where the data is. */
  readonly kept: string;
  /** The default schedule of this run, if it has one. */
  readonly schedule?: string | undefined;
}

/** The text that `npm start` prints: addresses, and three commands to paste. */
export function welcome(
  url: string,
  { key: { id, secret }, operatorKey, consoleCode, kept, schedule }: Started,
): string {
  const title = (text: string) => styleText("bold", text.padEnd(10));
  const key = `-u ${id}:${secret}`;
  const json = `-H 'content-type: application/json'`;
  const event = `{"type":"email.delivered","data":{"email":"ada@example.com","MessageID":19421777396190491}}`;
  return `
${styleText("bold", "Rappel runs on this machine.")}

${title("API")} ${url}            (described in ${url}/v1/openapi.json)
${title("Key")} ${id}:${secret}            (account demo, every scope)
${title("Operator")} ${operatorKey ? `${operatorKey.id}:${operatorKey.secret}            (any account, which the header Rappel-Account names)` : "npm run keys -- create --operator            (a key for any account)"}
${title("Console")} ${url}/console#code=${consoleCode}            (works once, within an hour; then sign in with the key)
${title("Inbox")} ${url}/inbox/demo            (open it in a browser: it shows each webhook live)
${title("Data")} ${kept}
${schedule === undefined ? "" : `${title("Schedule")} ${schedule} for endpoints without a retrySchedule (--retry-schedule)\n`}${title("Receivers")} on loopback (127.0.0.1) are allowed, because stage local sets ALLOW_LOOPBACK. Other stages cannot.

${styleText("dim", "# for the commands in the README and the guides")}
export RAPPEL=${url} KEY=${id}:${secret}${operatorKey ? ` OPERATOR_KEY=${operatorKey.id}:${operatorKey.secret}` : ""}

${styleText("dim", "# 1. register the inbox")}
curl -w '\\n' ${key} ${url}/v1/endpoints ${json} -d '{"url":"${url}/inbox/demo","eventTypes":["*"]}'

${styleText("dim", "# 2. send an event")}
curl -w '\\n' ${key} ${url}/v1/events ${json} -d '${event}'

${styleText("dim", "# 3. see what the inbox received (GET /v1/events/{id} has the result of each delivery)")}
curl -w '\\n' '${url}/inbox/demo?waitSeconds=10'

Ctrl-C stops it.
`;
}

/** The text that `npm start -- --read` prints. */
export function readWelcome(url: string, path: string, { account, exportedAt, events }: ReadExport): string {
  return `
${styleText("bold", "Rappel shows an export, read-only.")}

API        ${url}            (no key is needed; changes get 403 READ_ONLY)
Console    ${url}/console            (open it in a browser)
File       ${path}
Account    ${account.id}, ${events.toLocaleString("en")} events, as of ${new Date(exportedAt).toISOString()}

curl -w '\\n' '${url}/v1/events?limit=5'

Ctrl-C stops it.
`;
}
