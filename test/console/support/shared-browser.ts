import { chromium } from "playwright-core";
import { browserOptions } from "./browser-options.ts";

/** The environment variable in which workers find the browser. */
const BROWSER = "RAPPEL_BROWSER";

/** Vitest's global setup of the tests in a browser: one Chromium for all of them, from npm alone. */
export default async function shareBrowser(): Promise<(() => Promise<void>) | undefined> {
  if (process.env[BROWSER] !== undefined) return undefined;
  const server = await chromium.launchServer(await browserOptions());
  process.env[BROWSER] = server.wsEndpoint();
  return () => server.close();
}

/** @throws {Error} if no global setup has started it */
export function sharedBrowser(): string {
  const address = process.env[BROWSER];
  if (address === undefined) throw new Error("The browser has not started");
  return address;
}
