import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import * as z from "zod";
import { deliveryOf, eventually, register } from "../../e2e/support/fixture.ts";
import { openConsole } from "../support/console.ts";

const service = openConsole();
const EXACT = '{"MessageID":19421777396190491,"score":1.10}';
/** Long enough that no retry comes during the test. */
const LATER = [{ times: 5, everySeconds: 3_600 }];

it("three clicks lead from an event's id, or the producer's own, to the reason and the next attempt", async () => {
  const receiver = await service.receive(() => ({ status: 503, body: "down for repair" }));
  const { page, caller } = await service.signedIn("console-find");
  await register(caller, receiver.url, { retrySchedule: LATER });
  const body = { type: "t", eventId: "order-7", data: 1 };
  const { id } = z.object({ id: z.string() }).parse((await caller.call("POST", "/v1/events", body)).json);
  await eventually(async () => expect((await deliveryOf(caller, id)).status).toBe("pending"));
  for (const searched of [id, "order-7"]) {
    await page.getByRole("link", { name: "Deliveries" }).click();
    await page.getByLabel("Find an event").fill(searched);
    await page.getByRole("button", { name: "Find" }).click();
    await page.getByText(/Attempt 1 got 503 after \d+ ms\./).waitFor();
    await page.getByText(/next attempt in \d+ minutes|next attempt in 1 hour/i).waitFor();
    await page.locator("nav").getByRole("link", { name: "Webhooks" }).click();
  }
  await page.goBack();
  await page.locator(".attempts summary").click();
  await page.getByText("down for repair").waitFor();
});

it("an id that no event has is answered with a sentence", async () => {
  const { page } = await service.signedIn("console-find-nothing");
  await page.getByRole("link", { name: "Deliveries" }).click();
  await page.getByLabel("Find an event").fill("order 8");
  await page.getByRole("button", { name: "Find" }).click();
  await page.getByText("There is no such event.").waitFor();
});

it("long numbers and trailing zeros of a payload are shown and copied digit by digit", async () => {
  const receiver = await service.receive();
  const { page, caller, go } = await service.signedIn("console-digits", {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await register(caller, receiver.url);
  const sent = await caller.call("POST", "/v1/events", `{"type":"t","data":${EXACT}}`);
  const { id } = z.object({ id: z.string() }).parse(sent.json);
  await eventually(async () => expect((await deliveryOf(caller, id)).status).toBe("delivered"));
  await go(`/console/events/${id}`);
  const payload = page.getByRole("region", { name: "Payload t" });
  expect(await payload.textContent()).toBe(EXACT);
  await page.getByRole("button", { name: "Copy the payload" }).click();
  expect(await copied(page)).toBe(EXACT);
  await page.getByRole("button", { name: "Copy as curl" }).click();
  expect(await copied(page)).toContain(`\n${EXACT}\n`);
});

async function copied(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Copied" }).first().waitFor();
  return page.evaluate(() => navigator.clipboard.readText());
}

it("an attempt shows its request and its response, and says so when the webhook has changed since", async () => {
  const receiver = await service.receive(() => ({ status: 503, body: "down for repair" }));
  const { page, caller, go } = await service.signedIn("console-request");
  const endpoint = await register(caller, `${receiver.url}?a=1`, {
    retrySchedule: LATER,
    headers: { "x-token": "s3cret-header" },
  });
  const sent = await caller.call("POST", "/v1/events", `{"type":"t","data":${EXACT}}`);
  const { id } = z.object({ id: z.string() }).parse(sent.json);
  await eventually(async () => expect((await deliveryOf(caller, id)).status).toBe("pending"));
  await go(`/console/events/${id}`);
  await page.locator(".attempts summary").click();
  await page
    .getByRole("region", { name: /^Request body, \d+ bytes$/ })
    .getByText(EXACT, { exact: true })
    .waitFor();
  const headers = page.getByRole("region", { name: "Request headers" });
  await headers.getByText(`POST ${receiver.url}?a=1`).waitFor();
  const text = (await headers.textContent()) ?? "";
  expect(text).toMatch(/^webhook-timestamp: \d{10}$/m);
  expect(text).toContain("x-token: (hidden)");
  expect(text).toContain("webhook-signature: (hidden)");
  expect(await page.getByText("settings changed").count()).toBe(0);
  await page.getByText("down for repair").waitFor();
  expect(await page.locator("main").textContent()).not.toContain("s3cret-header");

  await caller.call("PATCH", `/v1/endpoints/${endpoint}`, { description: "other" });
  await page.reload();
  await page.locator(".attempts summary").click();
  await page.getByText("The webhook's settings changed at").waitFor();
});
