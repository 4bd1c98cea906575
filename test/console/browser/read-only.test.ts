import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildConsole } from "../../../console/build-console.ts";
import { readStaticFiles } from "../../../lambdas/runtime/static-files.ts";
import { readExport } from "../../../local/export/read-export.ts";
import { serveExport } from "../../../local/export/serve-export.ts";
import { openConsole } from "../support/console.ts";
import { filledAccount } from "../support/screens.ts";

const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 32"><rect width="120" height="32" rx="6" fill="#7a1fa2"/></svg>';

const service = openConsole();
const folder = mkdtempSync(join(tmpdir(), "rappel-read-only-"));
let exported: Awaited<ReturnType<typeof serveExport>>;
beforeAll(async () => {
  const account = await filledAccount(service, "console-export");
  const { text } = await account.caller.call("GET", "/v1/export");
  writeFileSync(join(folder, "export.json"), text);
  mkdirSync(join(folder, "branding"));
  writeFileSync(join(folder, "branding/logo.svg"), LOGO);
  const files = join(folder, "files");
  await buildConsole(files, { name: "Acme <&>", accent: "#7a1fa2", logo: "branding/logo.svg" }, folder);
  exported = await serveExport(await readExport(join(folder, "export.json")), 0, {
    consoleFiles: readStaticFiles(pathToFileURL(`${files}/`)),
  });
});
afterAll(async () => {
  await exported.stop();
  rmSync(folder, { recursive: true });
});

it("an export is shown without signing in, and what it has not is left out or said", async () => {
  service.expectFaults(/READ_ONLY|status of 4/);
  const page = await service.open();
  await page.goto(`${exported.url}/console`);
  await page.locator("li.card").nth(1).waitFor();
  expect(await page.getByRole("link", { name: "Add a URL" }).count()).toBe(0);
  await page.getByRole("link", { name: "Deliveries" }).click();
  await page.locator("tbody a").first().click();
  await page.locator("article.card").first().waitFor();
  await page.locator("section.code").last().waitFor();
  expect(await page.getByRole("button", { name: "Resend" }).count()).toBe(0);
  await page.getByRole("link", { name: "Statistics" }).click();
  await page.getByText("This is an export, read from a file").first().waitFor();
});

it("the console has the operator's name, logo and colour, in light and in dark", async () => {
  service.expectFaults(/status of 4/);
  const colourOf = async (colorScheme: "light" | "dark") => {
    const page = await service.open({ colorScheme });
    await page.goto(`${exported.url}/console`);
    await page.locator("li.card a").first().waitFor();
    expect(await page.title()).toBe("Acme <&>");
    const logo = page.getByRole("img", { name: "Acme <&>" });
    expect(await logo.evaluate((image) => image instanceof HTMLImageElement && image.naturalWidth > 0)).toBe(true);
    return page
      .locator("li.card a")
      .first()
      .evaluate((link) => getComputedStyle(link).color);
  };
  expect(await colourOf("light")).toBe("rgb(122, 31, 162)");
  expect(await colourOf("dark")).not.toMatch("rgb(122, 31, 162)");
});
