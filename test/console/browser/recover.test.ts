import { expect, it } from "vitest";
import * as z from "zod";
import { missEvents, receivedNumbers } from "../../e2e/recoveries/outage-story.ts";
import { eventually } from "../../e2e/support/fixture.ts";
import { openConsole } from "../support/console.ts";

const service = openConsole();
const Recoveries = z.object({
  data: z.array(z.object({ status: z.string(), progress: z.object({ resent: z.int() }) })),
});

async function outage(account: string, count: number, more: object = {}) {
  const server = { status: 503 };
  const receiver = await service.receive(() => server);
  const signedIn = await service.signedIn(account);
  const endpoint = await missEvents(signedIn.caller, receiver, count, more);
  server.status = 200;
  const before = receiver.received.length;
  await signedIn.go(`/console/webhooks/${endpoint}`);
  const { page, caller } = signedIn;
  await page.getByText("Recover", { exact: true }).click();
  await page.getByRole("button", { name: "Count them" }).click();
  await page.getByText(`${count} deliveries would be sent.`).waitFor();
  await page.getByRole("button", { name: "Send them again" }).click();
  const received = () => new Set(receivedNumbers(receiver, before)).size;
  const recovery = async () => Recoveries.parse((await caller.call("GET", "/v1/recoveries")).json).data[0];
  return { ...signedIn, received, recovery };
}

it("what was estimated is sent again, also after the page was closed", async () => {
  const count = 120;
  const { page, received, recovery } = await outage("console-recover", count, { releaseRate: 10 });
  await page.getByText("You can close this page").waitFor();
  await page.close();
  await eventually(async () => expect(received()).toBe(count));
  await eventually(async () => expect((await recovery())?.progress.resent).toBe(count));
});

it("a recovery that is cancelled sends no more, and stays in view with its count", async () => {
  const count = 200;
  const { page, received, recovery } = await outage("console-recover-cancel", count, { releaseRate: 1 });
  await page.getByText(/[1-9]\d* of \d+ found so far are queued again/).waitFor();
  await page.locator(".recover").getByRole("button", { name: "Cancel" }).click();
  await page.getByText(/Cancelled after \d+ were queued again/).waitFor();
  const { status, progress } = (await recovery()) ?? {};
  expect(status).toBe("cancelled");
  expect(progress?.resent).toBeLessThan(count);
  expect(received()).toBeLessThan(count);
});
