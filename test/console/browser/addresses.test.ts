import { expect, it } from "vitest";
import { deliveryOf, eventually, register, send, sendMany } from "../../e2e/support/fixture.ts";
import { openConsole } from "../support/console.ts";

const service = openConsole();

it("the filters of deliveries are in the address: a reload keeps them, and back returns to the last ones", async () => {
  const receiver = await service.receive(({ body }) => ({ status: body.toString() === "1" ? 400 : 200 }));
  const { page, caller } = await service.signedIn("console-filters");
  await register(caller, receiver.url, { retrySchedule: [] });
  const [failed, delivered] = [await send(caller, 1), await send(caller, 2)];
  await eventually(async () => expect((await deliveryOf(caller, failed)).status).toBe("exhausted"));
  await eventually(async () => expect((await deliveryOf(caller, delivered)).status).toBe("delivered"));
  await page.getByRole("link", { name: "Deliveries" }).click();
  const row = (id: string) => page.locator(`tbody a[href="/console/events/${id}"]`);
  await row(delivered).waitFor();
  await page.getByLabel("Status").selectOption("Exhausted");
  await row(delivered).waitFor({ state: "detached" });
  await row(failed).waitFor();
  await page.getByLabel("Answer").fill("400");
  await page.getByLabel("Answer").press("Enter");
  await page.waitForURL(/status=exhausted&code=400$/);

  await page.reload();
  await row(failed).waitFor();
  expect(await page.getByLabel("Status").inputValue()).toBe("exhausted");
  expect(await page.getByLabel("Answer").inputValue()).toBe("400");
  expect(await row(delivered).count()).toBe(0);

  await page.goBack();
  await page.waitForURL(/status=exhausted$/);
  expect(await page.getByLabel("Answer").inputValue()).toBe("");
  await page.goBack();
  await row(delivered).waitFor();
  expect(await page.getByLabel("Status").inputValue()).toBe("");
});

it("new deliveries appear by themselves, and neither move the focus nor what is read", async () => {
  const receiver = await service.receive();
  const { page, caller } = await service.signedIn("console-live", { viewport: { width: 1000, height: 500 } });
  await register(caller, receiver.url);
  await sendMany(caller, 0, 40);
  await receiver.waitFor(40);
  await page.getByRole("link", { name: "Deliveries" }).click();
  const rows = page.locator("tbody tr");
  await eventually(async () => expect(await rows.count()).toBe(40));
  const link = rows.nth(25).locator("a");
  await link.focus();
  await link.scrollIntoViewIfNeeded();
  const place = () => page.evaluate(() => document.activeElement?.getBoundingClientRect().top);
  const address = await link.getAttribute("href");
  const before = await place();
  await sendMany(caller, 40, 5);
  await eventually(async () => expect(await rows.count()).toBe(45));
  expect(await page.evaluate(() => document.activeElement?.getAttribute("href"))).toBe(address);
  expect(Math.abs(Number(await place()) - Number(before))).toBeLessThan(2);
});
