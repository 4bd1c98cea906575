import { expect, it } from "vitest";
import { eventually, register } from "../../e2e/support/fixture.ts";
import { openConsole } from "../support/console.ts";

const service = openConsole();

it("thirty URLs are shown in pages, and a search and a status find one of them", async () => {
  const receiver = await service.receive();
  const { page, caller } = await service.signedIn("console-many");
  const paused = await register(caller, `${receiver.url}/n7`, { description: "seventh" });
  for (let n = 0; n < 29; n++) await register(caller, `${receiver.url}/other`);
  await caller.call("POST", `/v1/endpoints/${paused}/pause`, {});
  const cards = page.locator("li.card");
  await eventually(async () => expect(await cards.count()).toBe(25));
  await page.getByRole("button", { name: "Show more" }).click();
  await page.waitForURL(/cursor=\w+/);
  await eventually(async () => expect(await cards.count()).toBe(5));
  expect(await page.getByRole("button", { name: "Show more" }).count()).toBe(0);

  await page.getByLabel("Search").fill("SEVENTH");
  await page.getByLabel("Search").press("Enter");
  await page.waitForURL(/\?search=SEVENTH$/);
  await eventually(async () => expect(await cards.count()).toBe(1));
  await cards.getByText("seventh").waitFor();
  await page.getByLabel("Status").selectOption("Failing");
  await page.getByText("No URL matches.").waitFor();
  await page.getByLabel("Status").selectOption("Paused");
  await cards.getByText("seventh").waitFor();
  await page.goBack();
  await page.getByText("No URL matches.").waitFor();
  await page.getByRole("button", { name: "Remove all filters" }).click();
  await eventually(async () => expect(await cards.count()).toBe(25));
});

it("a browser that names a language which is none shows its times and numbers all the same", async () => {
  const caller = await service.callerOf("console-posix");
  await register(caller, (await service.receive()).url);
  const page = await service.open();
  await page.addInitScript(() => Object.defineProperty(navigator, "languages", { value: ["en-US@posix"] }));
  await page.goto(`${service.url()}/console`);
  const key = Buffer.from(caller.authorization.replace("Basic ", ""), "base64").toString();
  await page.getByLabel("Key").fill(key);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator("li.card time").waitFor();
});
