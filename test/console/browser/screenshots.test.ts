import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openConsole } from "../support/console.ts";
import { filledAccount, SCREEN_NAMES, walk } from "../support/screens.ts";

const FOLDER = "docs/images/console";
const PICTURE_BYTES = 150_000; // ours: the pages that show them stay light
const VIEWPORT = { width: 1_200, height: 800 };
const isWritten = process.env["RAPPEL_SCREENSHOTS"] !== undefined;

const service = openConsole();
const fileOf = (screen: string) => `${screen.replaceAll(" ", "-")}.png`;

// RAPPEL_SCREENSHOTS=1 npx vitest run --project e2e-full test/console/browser/screenshots.test.ts writes them anew.
it("each screen can be drawn, and has its picture in the documentation", async () => {
  const account = await filledAccount(service, "acme");
  const { page } = await service.pageOf(account.caller, { viewport: VIEWPORT });
  mkdirSync(FOLDER, { recursive: true });
  await walk(page, account, async (screen) => {
    const picture = await page.screenshot({ animations: "disabled" });
    if (isWritten) writeFileSync(join(FOLDER, fileOf(screen)), picture);
    return [];
  });
  expect(SCREEN_NAMES.map(fileOf).filter((name) => !existsSync(join(FOLDER, name)))).toEqual([]);
  expect(readdirSync(FOLDER).filter((name) => statSync(join(FOLDER, name)).size > PICTURE_BYTES)).toEqual([]);
});
