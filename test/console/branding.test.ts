import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { accentsOf, brandedPage, brandingFiles, contrast } from "../../console/branding.ts";

const PAGE = '<html lang="en"><head><title>Webhooks</title></head></html>';
const SVG = '<svg xmlns="http://www.w3.org/2000/svg"/>';
const LIGHT = ["#ffffff", "#f7f8fa", "#fdebea"];
const DARK = ["#14171c", "#1d2128", "#33280f"];

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "rappel-branding-"));
  mkdirSync(join(root, "branding"));
});
afterEach(() => rmSync(root, { recursive: true }));

describe("the console's own look", () => {
  it("a colour that can be read is used as it is, and another one is made darker or lighter until it can", () => {
    expect(accentsOf("#1b4fc4").light).toBe("#1b4fc4");
    expect(accentsOf("#8fb0ff").dark).toBe("#8fb0ff");
    expect(accentsOf("#ffee00")).toEqual({ light: expect.not.stringMatching("#ffee00"), dark: "#ffee00" });
  });

  it("text in any colour has a contrast of at least 4.5 to 1 on each background", () => {
    const colour = fc.integer({ min: 0, max: 0xff_ff_ff }).map((value) => `#${value.toString(16).padStart(6, "0")}`);
    fc.assert(
      fc.property(colour, (accent) => {
        const { light, dark } = accentsOf(accent);
        const contrasts = [...LIGHT.map((each) => contrast(light, each)), ...DARK.map((each) => contrast(dark, each))];
        return Math.min(...contrasts) >= 4.5;
      }),
    );
  });

  it("a name is the page's title, whatever characters it has", () => {
    const page = brandedPage(PAGE, { name: `<b>"A&B"</b> $$ $1` });
    expect(page).toContain("<title>&#60;b&#62;&#34;A&#38;B&#34;&#60;/b&#62; $$ $1</title>");
    expect(page).toContain('<html data-name="&#60;b&#62;&#34;A&#38;B&#34;&#60;/b&#62; $$ $1" lang="en">');
  });

  it("without settings the page stays as it is, and no file is added", () => {
    expect(brandedPage(PAGE, {})).toBe(PAGE);
    expect([...brandingFiles({}, root)]).toEqual([]);
  });

  it("a colour and a logo are files of the console's own host", () => {
    writeFileSync(join(root, "branding/logo.svg"), SVG);
    const branding = { accent: "#7a1fa2", logo: "branding/logo.svg" };
    const files = brandingFiles(branding, root);
    expect([...files.keys()]).toEqual(["branding.css", "logo.svg"]);
    expect(Buffer.from(files.get("branding.css") ?? []).toString()).toMatch(
      /^html:root\{--accent:light-dark\(#7a1fa2,#[0-9a-f]{6}\)\}\n$/,
    );
    expect(brandedPage(PAGE, branding)).toBe(
      '<html data-logo="/console/logo.svg" lang="en"><head><title>Webhooks</title><link rel="stylesheet" href="/console/branding.css" />\n  </head></html>',
    );
  });

  it.each([
    ["logo.svg", SVG],
    ["logo.svg", `\uFEFF<?xml version="1.0"?>\n<!-- made by hand -->\n${SVG}`],
    ["logo.png", Buffer.from("\x89PNG\r\n\x1a\n", "latin1")],
    ["logo.svg", SVG.padEnd(65_536)],
  ])("%s is accepted", (name, content) => {
    writeFileSync(join(root, "branding", name), content);
    expect(brandingFiles({ logo: `branding/${name}` }, root).size).toBe(1);
  });

  it.each([
    ["logo.svg", "<html><svg/></html>", "its content is not of the type that its name has"],
    ["logo.png", SVG, "its content is not of the type that its name has"],
    ["logo.svg", SVG.padEnd(65_537), "it has 65537 bytes"],
    ["other.svg", undefined, "there is no such file"],
  ])("%s is refused, and the error says why", (name, content, why) => {
    if (content !== undefined) writeFileSync(join(root, "branding", name), content);
    expect(() => brandingFiles({ logo: `branding/${name}` }, root)).toThrow(
      `Cannot use the logo branding/${name}: ${why}, need an SVG or PNG file of at most 65536 bytes`,
    );
  });
});
