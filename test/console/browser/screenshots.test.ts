import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openConsole } from "../support/console.ts";
import { filledAccount, walk } from "../support/screens.ts";

const FOLDER = "docs/images/console";
const TOTAL_BYTES = 600_000; // ours: the pages that show them stay light
/** The others look like one of these, or have little to show. */
const SHOWN = [
  "sign in",
  "choose an account",
  "webhooks",
  "add a URL for each type",
  "a saved URL",
  "a suspended URL",
  "deliveries",
  "an event",
];
const VIEWPORT = { width: 1_200, height: 800 };

const service = openConsole();

// RAPPEL_SCREENSHOTS=1 npx vitest run --project e2e-full test/console/browser/screenshots.test.ts
it.skipIf(process.env["RAPPEL_SCREENSHOTS"] === undefined)("draws the screens for the documentation", async () => {
  const account = await filledAccount(service, "acme");
  const { page } = await service.pageOf(account.caller, { viewport: VIEWPORT });
  mkdirSync(FOLDER, { recursive: true });
  await walk(page, account, async (screen) => {
    if (!SHOWN.includes(screen)) return [];
    writeFileSync(
      join(FOLDER, `${screen.replaceAll(" ", "-")}.png`),
      await page.screenshot({ animations: "disabled" }),
    );
    return [];
  });
  const sizes = readdirSync(FOLDER).map((name) => statSync(join(FOLDER, name)).size);
  expect(sizes.reduce((total, size) => total + size, 0)).toBeLessThanOrEqual(TOTAL_BYTES);
});
