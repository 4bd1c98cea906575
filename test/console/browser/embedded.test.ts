import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { type Rappel, startRappel } from "../../e2e/support/harness.ts";
import { openConsole } from "../support/console.ts";

const browser = openConsole();
let frame = "about:blank";
/** The operator's own page, on another site (`localhost`) than the console (`127.0.0.1`). */
const host = createServer((_, response) => {
  response.setHeader("content-type", "text/html");
  response.end(`<!doctype html><title>Host</title><iframe src="${frame}" width="1000" height="700"></iframe>`);
});
let hostUrl = "";
let rappel: Rappel;
beforeAll(async () => {
  await new Promise<void>((resolve) => host.listen(0, "127.0.0.1", resolve));
  hostUrl = `http://localhost:${(host.address() as AddressInfo).port}`;
  rappel = await startRappel({ overrides: { CONSOLE_FRAME_ANCESTORS: hostUrl } });
}, 300_000);
afterAll(async () => {
  host.close();
  await rappel?.stop();
});

async function linkTo(account: string): Promise<string> {
  const created = await (await rappel.operator()).call("POST", `/v1/accounts/${account}/portal-links`);
  return z.object({ url: z.string() }).parse(created.json).url;
}

it("a link opens the console in a frame of the operator's page on another site, also for changes and after a reload", async () => {
  const page = await browser.open();
  frame = await linkTo("embedded");
  await page.goto(hostUrl);
  const inside = page.frameLocator("iframe");
  await inside.getByText("No URL gets events yet.").waitFor();
  await inside.getByRole("link", { name: "Add a URL" }).click();
  await inside.getByLabel("URL of your server").fill(`${rappel.url}/inbox/embedded`);
  await inside.getByRole("button", { name: "Save" }).click();
  await inside.getByText("The URL is saved.").waitFor();
  // The same page without the link: its cookie belongs to this site's frames.
  frame = `${rappel.url}/console`;
  await page.reload();
  await inside.locator("li.card").waitFor();
});

it("a page of a site that is not named cannot embed it", async () => {
  browser.expectFaults(/frame-ancestors|policy|blocked|Refused/i);
  const page = await browser.open();
  frame = await linkTo("embedded");
  await page.goto(hostUrl.replace("localhost", "127.0.0.1"));
  await page.waitForLoadState();
  await expect.poll(() => page.frames().some((each) => each.url().startsWith("chrome-error:"))).toBe(true);
});
