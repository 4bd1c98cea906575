import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { openFixture } from "../../e2e/support/fixture.ts";
import type { Caller } from "../../e2e/support/harness.ts";
import { sharedBrowser } from "./shared-browser.ts";

/** Generous, because a slow machine may take its time. */
const EVENTUALLY_MS = 120_000;

export interface SignedIn {
  readonly page: Page;
  readonly caller: Caller;
  /** Opens another page of the console, as a link in it would, without a reload. */
  go(path: string): Promise<void>;
}

/**
 * Opens the shared service, the browser, and what one test file needs of both. A test fails if a page of it logged an error,
 * threw one, or broke the Content-Security-Policy.
 */
export function openConsole() {
  const fixture = openFixture();
  let browser: Browser | undefined;
  const faults: string[] = [];
  let expected: RegExp | undefined;
  beforeAll(async () => {
    browser = await chromium.connect(sharedBrowser());
  });
  afterAll(async () => browser?.close());
  afterEach(async () => {
    await Promise.all((browser?.contexts() ?? []).map((context) => context.close()));
    const found = faults.splice(0).filter((fault) => expected === undefined || !expected.test(fault));
    expected = undefined;
    expect(found).toEqual([]);
  });

  const open = async (options: BrowserContextOptions = {}) => {
    if (browser === undefined) throw new Error("The browser has not started");
    const context = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/Paris", ...options });
    context.setDefaultTimeout(EVENTUALLY_MS);
    await context.exposeBinding("noteViolation", (_, text: string) => void faults.push(`policy: ${text}`));
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
        (globalThis as unknown as { noteViolation(text: string): void }).noteViolation(
          `${effectiveDirective} ${blockedURI}`,
        );
      });
    });
    const page = await context.newPage();
    page.on("console", (message) => {
      // The page asks whether it has a session: it cannot see the cookie. Without one, the browser logs the 401 as an error.
      if (message.location().url.endsWith("/v1/whoami") && message.text().includes("401")) return;
      if (message.type() === "error" || message.type() === "warning") faults.push(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => faults.push(`error: ${error.stack ?? error.message}`));
    page.on("dialog", (dialog) => {
      faults.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    return page;
  };

  const pageOf = async (caller: Caller, options: BrowserContextOptions = {}): Promise<SignedIn> => {
    const page = await open(options);
    await page.goto(`${fixture.url()}/console`);
    await signIn(page, caller);
    return { page, caller, go: (path) => go(page, path) };
  };

  return {
    ...fixture,
    /** A page that nobody has signed in to. */
    open,
    /** A page that is signed in with a caller's key. */
    pageOf,
    /** The overview of all accounts, signed in with an operator key. */
    overviewOf: async (operator: Caller): Promise<SignedIn> => {
      const page = await open();
      await page.goto(`${fixture.url()}/console`);
      await enterKey(page, operator);
      await page.locator(".tiles").waitFor();
      return { page, caller: operator, go: (path) => go(page, path) };
    },
    /** A page that is signed in to an account of its own. */
    signedIn: async (account: string, options?: BrowserContextOptions): Promise<SignedIn> =>
      pageOf(await fixture.callerOf(account), options),
    /** The faults of this test that match do not make it fail: of a request that is to be refused. */
    expectFaults: (pattern: RegExp) => {
      expected = pattern;
    },
  };
}

async function signIn(page: Page, caller: Caller): Promise<void> {
  await enterKey(page, caller);
  await page.locator("header nav").waitFor();
}

async function enterKey(page: Page, { authorization }: Caller): Promise<void> {
  const key = Buffer.from(authorization.replace("Basic ", ""), "base64").toString();
  await page.locator("input[name=id]").fill(key);
  await page.locator("main form button[type=submit]").click();
}

/** Follows a link that the page does not have. */
export async function go(page: Page, path: string): Promise<void> {
  await page.evaluate((href) => {
    const link = Object.assign(document.createElement("a"), { href });
    document.body.append(link);
    link.click();
    link.remove();
  }, path);
}
