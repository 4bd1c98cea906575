import { source as axe } from "axe-core";
import type { Page } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { openConsole } from "../support/console.ts";
import { type Account, filledAccount, walk } from "../support/screens.ts";

const LANGUAGES = ["en-GB", "fr-FR", "es-ES"];
const SCHEMES = ["light", "dark"] as const;

const service = openConsole();
let account: Account;
beforeAll(async () => {
  account = await filledAccount(service, "console-accessibility");
});

/** The serious and critical findings of axe in what the page shows now. */
async function findingsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 200)}`));
  });
}

/** How much wider the page is than its window, and which elements stand out. */
async function overflowOf(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.querySelectorAll("body *")].filter(
      (element) => element.getBoundingClientRect().right > clientWidth && element.closest(".scroll, .hidden") === null,
    );
    return [`${scrollWidth} of ${clientWidth} px`, ...wide.map((element) => element.outerHTML.slice(0, 120))];
  });
}

/** Makes every word a third longer, as in a language with longer words. */
async function lengthenTexts(page: Page): Promise<void> {
  await page.evaluate(() => {
    const originals = new Map<Text, string>();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      if (!(node instanceof Text) || node.parentElement?.closest("code, .code, .url") !== null) continue;
      originals.set(node, node.data);
      node.data = node.data.replaceAll(
        /[\p{L}\p{N}]+/gu,
        (word) => word + word.slice(0, Math.ceil(word.length * 0.35)),
      );
    }
    Object.assign(globalThis, { originals });
  });
}

async function restoreTexts(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { originals } = globalThis as unknown as { originals: Map<Text, string> };
    for (const [node, text] of originals) node.data = text;
  });
}

it.each(LANGUAGES.flatMap((locale) => SCHEMES.map((colorScheme) => ({ locale, colorScheme }))))(
  "every screen in $locale and $colorScheme is free of serious faults of accessibility",
  async (options) => {
    const { page } = await service.pageOf(account.caller, options);
    expect(await page.evaluate(() => document.documentElement.lang)).toBe(options.locale.slice(0, 2));
    expect(await walk(page, account, () => findingsOf(page))).toEqual([]);
  },
);

/** Words that are in every English sentence, and in no French or Spanish one. */
const ENGLISH = /\b(the|of|and|is|are|your|with|not|this|you|was|from|has|have|which|that|all|events?)\b/i;
/** What the account's own people wrote. */
const OWN_TEXTS = ["a copy of all events", "down for repair"];

/** The texts, labels, titles and placeholders that the page shows, without code, names and addresses. */
function textsOf(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const shown = [...document.querySelectorAll("body *")].filter(
      (element) => element.closest("code, .code, .url, script, noscript, [lang]:not(html)") === null,
    );
    return shown.flatMap((element) => [
      ...[...element.childNodes].flatMap((node) => (node instanceof Text ? [node.data] : [])),
      ...["title", "aria-label", "placeholder", "alt", "data-label"].flatMap(
        (name) => element.getAttribute(name) ?? [],
      ),
    ]);
  });
}

it.each(["fr-FR", "es-ES"])("no screen in %s has an English word, but for names", async (locale) => {
  const { page } = await service.pageOf(account.caller, { locale });
  const findings = await walk(page, account, async () =>
    (await textsOf(page)).filter((text) => {
      const foreign = OWN_TEXTS.reduce((rest, own) => rest.replaceAll(own, ""), text);
      // Names of types, events and accounts, such as `rappel.endpoint.failing` and `from-svix`.
      return ENGLISH.test(foreign.replaceAll(/\S*[.:_-]\S+/g, ""));
    }),
  );
  expect(findings).toEqual([]);
});

it.each(LANGUAGES)("no screen in %s scrolls sideways at a width of 320 px", async (locale) => {
  const { page } = await service.pageOf(account.caller, { locale, viewport: { width: 320, height: 640 } });
  expect(await walk(page, account, () => overflowOf(page))).toEqual([]);
});

it.each([320, 600, 1_200])("no screen scrolls sideways at %d px in a language with longer words", async (width) => {
  const { page } = await service.pageOf(account.caller, { viewport: { width, height: 640 } });
  const findings = await walk(page, account, async () => {
    await lengthenTexts(page);
    const found = await overflowOf(page);
    await restoreTexts(page);
    return found;
  });
  expect(findings).toEqual([]);
});

it("nothing moves for users who prefer reduced motion", async () => {
  const movesOf = async (reducedMotion: "reduce" | "no-preference") => {
    const { page } = await service.pageOf(account.caller, { reducedMotion });
    return walk(page, account, () =>
      page.evaluate(() =>
        [...document.querySelectorAll("*")]
          .filter((element) => {
            const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
            return transitionDuration !== "0s" || animationName !== "none" || scrollBehavior === "smooth";
          })
          .map((element) => element.tagName),
      ),
    );
  };
  expect(await movesOf("reduce")).toEqual([]);
  expect(await movesOf("no-preference")).not.toEqual([]);
});
