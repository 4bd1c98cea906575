import { expect, it } from "vitest";
import { LIMITS } from "../../../lambdas/shared/limits.ts";
import { register, SHORT, sendMany } from "../../e2e/support/fixture.ts";
import { openConsole } from "../support/console.ts";

const EVENTS = 300;
const FAILING_AFTER = LIMITS.failingAfterFailures;

const service = openConsole();

it("an open page shows a receiver that dies, is suspended, is resumed and gets all events, without a reload", async () => {
  let status = 503;
  const isSeenFailing = Promise.withResolvers<void>();
  let requests = 0;
  // Enough first attempts fail at once, and no other before the page has shown that.
  const receiver = await service.receive(() => ({
    status,
    until: requests++ < FAILING_AFTER ? Promise.resolve() : isSeenFailing.promise,
  }));
  const { page, caller, go } = await service.signedIn("console-receiver-dies");
  const endpoint = await register(caller, receiver.url, { retrySchedule: SHORT, timeoutMs: 30_000 });
  await go(`/console/webhooks/${endpoint}`);
  const banner = page.locator(".banner");
  await banner.getByText("Active").waitFor();
  await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }));

  await sendMany(caller, 0, FAILING_AFTER);
  await banner.getByText("Failing").waitFor();
  await sendMany(caller, FAILING_AFTER, EVENTS - FAILING_AFTER);
  isSeenFailing.resolve();
  await banner.getByText("Suspended").waitFor();
  await banner.getByText(`${EVENTS} deliveries are pending.`).waitFor();

  status = 200;
  const before = receiver.received.length;
  await page.getByRole("button", { name: "Resume", exact: true }).click();
  await page.getByRole("button", { name: "Resume, send everything" }).click();
  await banner.getByText("Active").waitFor();
  await banner.getByText("Nothing is pending.").waitFor();
  const numbers = receiver.received.slice(before).map(({ body }) => Number(body.toString()));
  expect(new Set(numbers).size).toBe(EVENTS);
  expect(await page.evaluate(() => "isSamePage" in globalThis)).toBe(true);
});
