import { expect, it } from "vitest";
import * as z from "zod";
import type { Caller } from "../../e2e/support/harness.ts";
import { openConsole } from "../support/console.ts";

const service = openConsole();
const Endpoints = z.object({
  data: z.array(z.object({ url: z.string(), eventTypes: z.array(z.string()), backupOf: z.unknown() })),
});

async function endpointsOf(caller: Caller) {
  return Endpoints.parse((await caller.call("GET", "/v1/endpoints")).json).data;
}

it("a customer enters a URL for each type, tests one, and gets each secret with the code that verifies it", async () => {
  const receiver = await service.receive();
  const { page, caller, go } = await service.signedIn("console-per-type");
  await go("/console/add");
  await page.getByLabel("One URL for each type").check();
  await page.getByLabel("URL of your server: open").fill(`${receiver.url}?of=open`);
  await page.getByRole("button", { name: "Send a test: open" }).click();
  await page.getByText("Your server answered 200").waitFor();
  expect(receiver.received.map(({ path, body }) => [path, JSON.parse(body.toString()).event])).toEqual([
    ["/hook?of=open", "open"],
  ]);
  await page.getByLabel("URL of your server: bounce").fill(`${receiver.url}?of=bounce`);
  await page.getByLabel("Backup URL: bounce").fill(`${receiver.url}?backup`);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("2 URLs are saved.").waitFor();
  await page.getByText(`bounce: ${receiver.url}`).click();
  expect(await page.locator("details[open] code").first().textContent()).toMatch(/^whsec_/);
  expect(await page.locator("details[open]").getByRole("region", { name: "Node.js" }).textContent()).toContain(
    "whsec_",
  );
  const saved = await endpointsOf(caller);
  expect(saved.map(({ url, eventTypes }) => [new URL(url).search, eventTypes]).sort()).toEqual([
    ["?backup", ["bounce"]],
    ["?of=bounce", ["bounce"]],
    ["?of=open", ["open"]],
  ]);
});

it("a URL whose backup is refused is saved once, also after the backup is corrected", async () => {
  service.expectFaults(/status of 422/);
  const receiver = await service.receive();
  const { page, caller, go } = await service.signedIn("console-backup-refused");
  await go("/console/add");
  await page.getByLabel("One URL for each type").check();
  await page.getByLabel("URL of your server: open").fill(receiver.url);
  await page.getByLabel("Backup URL: open").fill("ftp://example.com");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("alert").waitFor();
  await page.getByLabel("Backup URL: open").fill(`${receiver.url}?backup`);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("1 URL is saved.").waitFor();
  expect((await endpointsOf(caller)).map(({ url }) => new URL(url).search).sort()).toEqual(["", "?backup"]);
});

it("shortly after a URL was typed, the page says whether webhooks can be sent there, and sends nothing", async () => {
  service.expectFaults(/status of 422/);
  const receiver = await service.receive();
  const { page, go } = await service.signedIn("console-verdict");
  await go("/console/add");
  const field = page.getByLabel("URL of your server");
  await field.fill("http://10.0.0.1/hook");
  await page.getByRole("alert").waitFor();
  await field.fill(receiver.url);
  await page.getByText("Webhooks can be sent to this URL.").waitFor();
  expect(await page.getByRole("alert").count()).toBe(0);
  await page.getByLabel("One URL for each type").check();
  const row = page.locator("tr", { has: page.getByRole("rowheader", { name: "open", exact: true }) });
  await page.getByLabel("Backup URL: open").fill("http://10.0.0.1/hook");
  await row
    .locator("td", { has: page.getByLabel("Backup URL: open") })
    .getByRole("alert")
    .waitFor();
  await page.getByLabel("URL of your server: open").fill(receiver.url);
  await row.getByText("Webhooks can be sent to this URL.").waitFor();
  expect(await row.getByRole("alert").count()).toBe(1);
  expect(receiver.received).toEqual([]);
});

it("a wrong URL is noticed while it is typed, and what the service refuses is shown once, at its field", async () => {
  service.expectFaults(/status of 422/);
  const { page, go } = await service.signedIn("console-wrong-url");
  await go("/console/add");
  const url = page.getByLabel("URL of your server");
  await url.pressSequentially("http");
  expect(await page.getByRole("alert").count()).toBe(0);
  await url.pressSequentially("x");
  await page.getByText("Enter an http:// or https:// URL without spaces.").waitFor();
  await url.fill("http://10.0.0.1/");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Events are not sent to this URL: its address is not public.").waitFor();
  expect(await page.getByRole("alert").count()).toBe(1);
});

it("the keyboard alone signs in, tests a URL and saves it", async () => {
  const receiver = await service.receive();
  const caller = await service.callerOf("console-keyboard");
  const page = await service.open();
  await page.goto(`${service.url()}/console`);
  const key = Buffer.from(caller.authorization.replace("Basic ", ""), "base64").toString();
  const { keyboard } = page;
  /** Presses Tab until an element with this text, label or placeholder has the focus. */
  const tabTo = async (name: RegExp) => {
    for (let n = 0; n < 60; n++) {
      const focused = await page.evaluate(() => {
        const element = document.activeElement;
        if (!(element instanceof HTMLElement)) return "";
        const isSeen = element.matches(":focus-visible") && getComputedStyle(element).outlineStyle !== "none";
        const label = element instanceof HTMLInputElement ? element.closest("label")?.textContent : element.textContent;
        return `${isSeen ? "" : "unseen "}${element.getAttribute("aria-label") ?? label ?? ""}`.trim();
      });
      if (name.test(focused)) return;
      await keyboard.press("Tab");
    }
    throw new Error(`Tab does not reach ${name}`);
  };
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await tabTo(/^Key/);
  await keyboard.type(key);
  await keyboard.press("Enter");
  await page.locator("header nav").waitFor();
  await tabTo(/^Add a URL/);
  await keyboard.press("Enter");
  await page.getByRole("heading", { name: "Add a URL" }).waitFor();
  await tabTo(/^All events/);
  await keyboard.press("ArrowDown");
  await keyboard.press("ArrowDown");
  await page.getByLabel("URL of your server: open").waitFor();
  await tabTo(/^URL of your server: open/);
  await keyboard.type(receiver.url);
  await tabTo(/^Send a test: open/);
  await keyboard.press("Enter");
  await page.getByText("Your server answered 200").waitFor();
  await tabTo(/^Save/);
  await keyboard.press("Enter");
  await page.getByText("1 URL is saved.").waitFor();
  await tabTo(/^Go to the webhooks/);
  await keyboard.press("Enter");
  await tabTo(new RegExp(`^${RegExp.escape(receiver.url)}`));
});
