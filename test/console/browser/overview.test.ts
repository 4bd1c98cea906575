import { expect, it } from "vitest";
import { endpointOf, eventually, register, SHORT, sendMany } from "../../e2e/support/fixture.ts";
import { openConsole } from "../support/console.ts";

const service = openConsole();

it("an operator sees flow, trouble, queues, dead letters, response times and cost, and an account as its users see it", async () => {
  const receiver = await service.receive();
  const dead = await service.receive(() => ({ status: 503 }));
  const caller = await service.callerOf("console-overview");
  await register(caller, receiver.url);
  const suspended = await register(caller, dead.url, { retrySchedule: SHORT });
  await sendMany(caller, 0, 30);
  await eventually(async () => expect((await endpointOf(caller, suspended)).status).toBe("suspended"));
  const { page } = await service.overviewOf(await service.operator());
  const tile = (name: string) =>
    page.locator(".tile", { has: page.getByText(name, { exact: true }) }).locator("strong");
  const numberIn = async (name: string) =>
    Number((await tile(name).textContent())?.replaceAll(/\D/g, "") ?? Number.NaN);
  await eventually(async () => expect(await numberIn("Events")).toBeGreaterThanOrEqual(30));
  await eventually(async () => expect(await numberIn("Delivered")).toBeGreaterThanOrEqual(30));
  await eventually(async () => expect(await numberIn("Suspended")).toBeGreaterThanOrEqual(1));
  for (const name of ["In queues", "Dead letters"]) expect(await tile(name).textContent()).toMatch(/^\d/);
  expect(await tile("Response, p99").textContent()).toMatch(/^[\d,]+ ms$/);
  expect(await tile("Cost, estimated").textContent()).toMatch(/^(< )?(US)?\$\d+\.\d\d/);
  const row = page.locator("tbody tr", { hasText: dead.url });
  await row.getByText("Suspended").waitFor();
  await caller.call("POST", "/v1/recoveries", { endpoint: suspended, statuses: ["pending"] });
  const recovery = page.locator("tr", { hasText: "are queued again" });
  await recovery.filter({ hasText: "console-overview" }).waitFor();
  await row.getByRole("button", { name: "console-overview" }).click();
  await page.locator("li.card", { hasText: dead.url }).waitFor();
});

it("the figures are those of more accounts than one page of the API has", async () => {
  const operator = await service.operator();
  // The first ones by name: other tests have accounts in this service too.
  const names = Array.from({ length: 30 }, (_, n) => `0-account-${n}`);
  for (const name of names) await operator.call("PUT", `/v1/accounts/${name}`, {});
  const { page } = await service.overviewOf(operator);
  for (const name of names) await page.getByRole("rowheader", { name, exact: true }).waitFor();
});
