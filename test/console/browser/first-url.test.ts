import { expect, it } from "vitest";
import { send } from "../../e2e/support/fixture.ts";
import { openConsole } from "../support/console.ts";

const SCREEN_BYTES = 100_000; // ours: it loads in a second over a slow mobile connection

const service = openConsole();

it("a customer signs in, tests a URL for all events, saves it, and sees the first delivery", async () => {
  const receiver = await service.receive();
  const { page, caller } = await service.signedIn("console-first-url");
  await page.getByRole("main").getByRole("link", { name: "Add a URL" }).click();
  await page.getByLabel("URL of your server").fill(receiver.url);
  await page.getByRole("button", { name: "Send a test" }).click();
  await page.getByText("Your server answered 200").waitFor();
  expect(receiver.received).toHaveLength(1);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "The URL is saved." }).waitFor();
  expect(await page.locator("code").first().textContent()).toMatch(/^whsec_/);
  expect(await page.getByRole("region", { name: "Node.js" }).textContent()).toContain("standardwebhooks");
  await page.getByRole("main").getByRole("link", { name: "Go to the webhook" }).click();
  await page.getByText("Nothing is pending.").waitFor();
  const event = await send(caller, { MessageID: 1 });
  await page.locator(`a[href="/console/events/${event}"]`).click();
  await page.getByText("Attempt 1 got 200").waitFor();
});

it(`the console's first screen has at most ${SCREEN_BYTES / 1_000} KB, compressed`, async () => {
  const sizeOf = async (path: string) => {
    const response = await fetch(service.url() + path, { headers: { "accept-encoding": "br" } });
    const text = await response.text();
    expect([path, response.status, response.headers.get("content-encoding")]).toEqual([path, 200, "br"]);
    return { text, bytes: Number(response.headers.get("content-length")) };
  };
  const index = await sizeOf("/console");
  const assets = [...index.text.matchAll(/(?:src|href)="(\/console\/assets\/[^"]+\.(?:js|css))"/g)];
  expect(assets.length).toBeGreaterThanOrEqual(2);
  let total = index.bytes;
  for (const [, path = ""] of assets) total += (await sizeOf(path)).bytes;
  expect(total).toBeGreaterThan(index.bytes);
  expect(total).toBeLessThanOrEqual(SCREEN_BYTES);
});
