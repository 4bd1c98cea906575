import sparticuz from "@sparticuz/chromium";
import { chromium } from "playwright-core";

/** The environment variable in which workers find the browser. */
const BROWSER = "RAPPEL_BROWSER";

/** Vitest's global setup of the tests in a browser: one Chromium for all of them, from npm alone. */
export default async function shareBrowser(): Promise<(() => Promise<void>) | undefined> {
  if (process.env[BROWSER] !== undefined) return undefined;
  // The package unpacks Chromium's own libraries only where it believes to run in Lambda.
  process.env["AWS_LAMBDA_JS_RUNTIME"] = "nodejs22.x";
  const executablePath = await sparticuz.executablePath();
  delete process.env["AWS_LAMBDA_JS_RUNTIME"];
  // Of the package's arguments only these: others switch the browser's security off.
  const args = ["--no-zygote", "--in-process-gpu", "--use-angle=swiftshader", "--font-render-hinting=none"];
  const server = await chromium.launchServer({ executablePath, args });
  process.env[BROWSER] = server.wsEndpoint();
  return () => server.close();
}

/** @throws {Error} if no global setup has started it */
export function sharedBrowser(): string {
  const address = process.env[BROWSER];
  if (address === undefined) throw new Error("The browser has not started");
  return address;
}
