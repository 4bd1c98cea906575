/**
 * `npm run bench:console`: the time to the console's first screen, and of the requests that it makes, with thousands of
 * endpoints and many events.
 */
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { browserOptions } from "../test/console/support/browser-options.ts";
import { type Caller, startRappel } from "../test/e2e/support/harness.ts";
import { makeFailing, writeCounters, writeEndpoints, writeEvents } from "./console-data.ts";

const HELP = `Measures the console's first screen with many endpoints and events.

  npm run bench:console                      3,000 endpoints in six accounts, 1,000,000 events
  npm run bench:console -- --events 100000   the number of events
  npm run bench:console -- --loads 50        how often each screen is opened (default 100)
  npm run bench:console -- --help            shows this`;
const ACCOUNTS = 6;
const ENDPOINTS = 500; // as many as an account may have
const FAILING_EVERY = 5;
const PENDING = 200;
const WRITERS = 6;

const { values } = parseArgs({
  options: {
    events: { type: "string", default: "1000000" },
    loads: { type: "string", default: "100" },
    help: { type: "boolean", default: false },
  },
});
const [events, loads] = [Number(values.events), Number(values.loads)];
if (values.help || !(events > 0 && loads > 0)) {
  console[values.help ? "log" : "error"](HELP);
  process.exit(values.help ? 0 : 2);
}

const rappel = await startRappel();
const browser = await chromium.launch(await browserOptions());
try {
  const operator = await rappel.operator();
  const callers = await Promise.all(Array.from({ length: ACCOUNTS }, (_, n) => rappel.callerOf(`customer-${n}`)));
  // The first endpoint creates the key that seals the others.
  await callers[0]?.call("POST", "/v1/endpoints", { url: `${rappel.url}/inbox/bench`, eventTypes: ["none"] });
  for (const caller of callers) await fill(operator, caller);
  const [caller] = callers;
  if (caller === undefined) throw new Error("There is no account");
  report("GET /v1/endpoints?include=pending", await timesOf(() => caller.call("GET", "/v1/endpoints?include=pending")));
  report("GET /v1/endpoints?status=failing", await timesOf(() => caller.call("GET", "/v1/endpoints?status=failing")));
  report("GET /v1/stats?by=endpoint", await timesOf(() => caller.call("GET", "/v1/stats?by=endpoint")));
  report("GET /v1/deliveries?limit=50", await timesOf(() => caller.call("GET", "/v1/deliveries?limit=50")));
  report("Webhooks, in a browser", await screenTimes(caller, "", "li.card"));
  report("Deliveries, in a browser", await screenTimes(caller, "/deliveries", "tbody tr"));
  report("All accounts, in a browser", await screenTimes(operator, "", "tbody tr"));
} finally {
  await browser.close();
  await rappel.stop();
}

/** Gives an account endpoints, events, counters and backlogs. */
async function fill(operator: Caller, { account }: Caller): Promise<void> {
  await operator.call("PUT", `/v1/accounts/${account}`, { limits: { endpoints: ENDPOINTS } });
  const { service } = rappel;
  const endpoints = await writeEndpoints(service, account, ENDPOINTS);
  for (const [n, id] of endpoints.entries())
    if (n % FAILING_EVERY === 0) await makeFailing(service.table, account, id, PENDING);
  await writeCounters(service.table, account, endpoints);
  await writeEvents(service.table, account, { count: Math.ceil(events / ACCOUNTS), endpoints, writers: WRITERS });
  console.log(`${account}: ${endpoints.length} endpoints, ${Math.ceil(events / ACCOUNTS)} events`);
}

async function timesOf(run: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < loads; n++) {
    const begun = performance.now();
    await run();
    times.push(performance.now() - begun);
  }
  return times;
}

/** From the request for the page to the first row, with an open session. */
async function screenTimes({ authorization }: Caller, path: string, row: string): Promise<number[]> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${rappel.url}/console`);
  await page.locator("input[name=id]").fill(Buffer.from(authorization.replace("Basic ", ""), "base64").toString());
  await page.locator("main form button[type=submit]").click();
  await page.locator("header .end button").last().waitFor();
  const times: number[] = [];
  for (let n = 0; n < loads; n++) {
    // What the page reads after its first screen is not part of the next one.
    await page.waitForLoadState("networkidle");
    await page.goto("about:blank");
    const begun = performance.now();
    await page.goto(`${rappel.url}/console${path}`, { waitUntil: "commit" });
    await page
      .locator(row)
      .first()
      .waitFor()
      .catch(async (error: unknown) => {
        throw new Error(`The page has no ${row}: ${await page.locator("body").innerText()}`, { cause: error });
      });
    times.push(performance.now() - begun);
  }
  await context.close();
  return times;
}

function report(what: string, times: readonly number[]): void {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (quantile: number) => (sorted[Math.ceil(quantile * sorted.length) - 1] ?? 0).toFixed(0);
  console.log(`${what}: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, of ${times.length}`);
}
