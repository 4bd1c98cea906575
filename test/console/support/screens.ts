import type { Page } from "playwright-core";
import { expect } from "vitest";
import * as z from "zod";
import { endpointOf, eventually, register, SHORT, sendMany } from "../../e2e/support/fixture.ts";
import type { Caller } from "../../e2e/support/harness.ts";
import type { openConsole } from "./console.ts";
import { go } from "./console.ts";

type Console = ReturnType<typeof openConsole>;
/** An account whose screens have something to show. */
export interface Account {
  readonly caller: Caller;
  readonly operator: Caller;
  readonly active: string;
  readonly suspended: string;
  readonly event: string;
  /** Of the receiver that works. */
  readonly url: string;
}

/** An account with one active and one suspended URL, and events that were delivered, are pending and have ended. */
export async function filledAccount(service: Console, account: string): Promise<Account> {
  const caller = await service.callerOf(account);
  const [good, bad] = [
    await service.receive(),
    await service.receive(() => ({ status: 503, body: "down for repair" })),
  ];
  const active = await register(caller, good.url, { description: "orders", eventTypes: ["t", "email.*"] });
  const suspended = await register(caller, bad.url, { description: "a copy of all events", retrySchedule: SHORT });
  await sendMany(caller, 0, 20);
  const body = { type: "email.opened", eventId: `order-${account}`, data: { email: "ada@example.com" } };
  const { id: event } = z.object({ id: z.string() }).parse((await caller.call("POST", "/v1/events", body)).json);
  await eventually(async () => expect((await endpointOf(caller, suspended)).status).toBe("suspended"));
  await caller.call("POST", "/v1/recoveries", { endpoint: active });
  return { caller, operator: await service.operator(), active, suspended, event, url: good.url };
}

/**
 * Every screen of the console, in the order of a walk through it. A page has to be signed in; its language may be any.
 * Each function resolves when its screen shows its data.
 */
const SCREENS: Readonly<Record<string, (page: Page, account: Account) => Promise<unknown>>> = {
  webhooks: async (page) => {
    await go(page, "/console");
    await page.locator("li.card").nth(1).waitFor();
  },
  "add a URL": async (page) => {
    await go(page, "/console/add");
    await page.locator("main details").waitFor();
    await unfold(page);
    await page.locator("figure.timeline").waitFor();
  },
  "add a URL for some types": async (page) => {
    await page.locator("input[name=which]").nth(1).check();
    await page.locator("input[list=types]").waitFor();
  },
  "add a URL for each type": async (page) => {
    await page.locator("input[name=which]").nth(2).check();
    await page.locator("table.entry tbody tr").nth(6).waitFor();
  },
  "a saved URL": async (page, { url }) => {
    await page.locator("input[name=which]").nth(0).check();
    await page.locator("input[type=url]").fill(`${url}?saved`);
    await page.locator("main button.main").click();
    await page.locator("section.code").waitFor();
  },
  "an active URL": async (page, { active }) => {
    await go(page, `/console/webhooks/${active}`);
    await page.locator(".banner.active").waitFor();
    await page.locator(".recover .panel").first().waitFor({ state: "attached" });
    await unfold(page);
  },
  "a suspended URL": async (page, { suspended }) => {
    await go(page, `/console/webhooks/${suspended}`);
    await page.locator(".banner.suspended").waitFor();
    for (const button of await page.locator("button[aria-expanded]").all()) {
      await button.click();
      await page.locator("section > .panel").waitFor();
    }
  },
  deliveries: async (page) => {
    await go(page, "/console/deliveries");
    await page.locator("tbody tr").nth(5).waitFor();
  },
  "no deliveries": async (page) => {
    await go(page, "/console/deliveries?type=none&status=exhausted");
    await page.locator(".empty").waitFor();
  },
  "an event": async (page, { event }) => {
    await go(page, `/console/events/${event}`);
    await page.locator("article.card").nth(1).waitFor();
    await page.locator("section.code").last().waitFor();
    await unfold(page);
  },
  statistics: async (page) => {
    await go(page, "/console/statistics");
    await page.locator(".chart canvas").first().waitFor();
    await unfold(page);
  },
  account: async (page) => {
    await go(page, "/console/account");
    await page.locator("table").nth(1).waitFor();
    await unfold(page);
  },
  "an unknown page": async (page) => {
    await go(page, "/console/unknown/page");
    await page.locator(".empty h1").waitFor();
  },
  "sign in": async (page) => {
    await page.locator("header button.small").click();
    await page.locator("input[name=id]").waitFor();
  },
  "all accounts": async (page, { operator }) => {
    const key = Buffer.from(operator.authorization.replace("Basic ", ""), "base64").toString();
    await page.locator("input[name=id]").fill(key);
    await page.locator("main form button[type=submit]").click();
    await page.locator("input[name=account]").waitFor();
    await page.locator(".tiles").waitFor();
    await page.locator("tbody button").first().waitFor();
    await page.getByText("…", { exact: true }).first().waitFor({ state: "detached" });
  },
};

/** The names of all screens. */
export const SCREEN_NAMES: readonly string[] = Object.keys(SCREENS);

async function unfold(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
}

/** Visits every screen and checks it. @returns what the checks found, with the screens' names */
export async function walk(
  page: Page,
  account: Account,
  check: (screen: string) => Promise<readonly string[]>,
): Promise<string[]> {
  const found: string[] = [];
  for (const [screen, visit] of Object.entries(SCREENS)) {
    await visit(page, account);
    found.push(...(await check(screen)).map((text) => `${screen}: ${text}`));
  }
  return found;
}
