import { readFileSync, statSync } from "node:fs";
import { extname, resolve } from "node:path";

/** The operator's own look of the console. */
export interface Branding {
  /** Shown instead of "Webhooks", and as the page's title. */
  readonly name?: string | undefined;
  /** Colour of links and main buttons, `#rrggbb`. */
  readonly accent?: string | undefined;
  /** An SVG or PNG file. */
  readonly logo?: string | undefined;
}

const LOGO_BYTES = 65_536; // ours: each page load reads it
const PNG_START = "\x89PNG\r\n\x1a\n";
const SVG_START = /^\uFEFF?\s*(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*|<!DOCTYPE[^>]*>\s*)*<svg[\s>]/i;
/** Whether a file is of the type that its name has, so that nothing else is served under it. */
const IS_OF_TYPE: Readonly<Record<string, (bytes: Buffer) => boolean>> = {
  ".svg": (bytes) => SVG_START.test(bytes.toString()),
  ".png": (bytes) => bytes.toString("latin1").startsWith(PNG_START),
};
const CONTRAST = 4.5; // WCAG 2.2, 1.4.3: text
const STEPS = 50;
type Colour = readonly [red: number, green: number, blue: number];

/** The backgrounds of `styles/base.css` on which links are shown, in light and in dark. */
const BACKGROUNDS = {
  light: ["#f7f8fa", "#ffffff", "#e6f5ec", "#fdf3df", "#fdebea"],
  dark: ["#14171c", "#1d2128", "#16301f", "#33280f", "#3a1a18"],
} as const;

/** The page with its name and logo as attributes, and a link to the colours. */
export function brandedPage(html: string, { name, accent, logo }: Branding): string {
  const attributes = [
    ...(name === undefined ? [] : [`data-name="${escaped(name)}"`]),
    ...(logo === undefined ? [] : [`data-logo="/console/logo${extname(logo)}"`]),
  ];
  const colours = accent === undefined ? "" : '<link rel="stylesheet" href="/console/branding.css" />\n  ';
  return html
    .replace("<html ", () => `<html ${attributes.map((each) => `${each} `).join("")}`)
    .replace(/<title>.*<\/title>/, (title) => (name === undefined ? title : `<title>${escaped(name)}</title>`))
    .replace("</head>", () => `${colours}</head>`);
}

/**
 * The files beside the page, by name.
 * @throws {Error} if the logo cannot be used
 */
export function brandingFiles({ accent, logo }: Branding, root: string): ReadonlyMap<string, Uint8Array> {
  return new Map([
    ...(accent === undefined ? [] : [["branding.css", Buffer.from(accentCss(accent))] as const]),
    ...(logo === undefined ? [] : [[`logo${extname(logo)}`, readLogo(resolve(root, logo), logo)] as const]),
  ]);
}

function readLogo(path: string, name: string): Uint8Array {
  const refuse = (problem: string) =>
    new Error(`Cannot use the logo ${name}: ${problem}, need an SVG or PNG file of at most ${LOGO_BYTES} bytes`);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() !== true) throw refuse("there is no such file");
  if (stat.size > LOGO_BYTES) throw refuse(`it has ${stat.size} bytes`);
  const bytes = readFileSync(path);
  if (IS_OF_TYPE[extname(name)]?.(bytes) !== true) throw refuse("its content is not of the type that its name has");
  return bytes;
}

/** After `base.css`, which has `:root`: `html:root` counts more. */
function accentCss(accent: string): string {
  const { light, dark } = accentsOf(accent);
  return `html:root{--accent:light-dark(${light},${dark})}\n`;
}

/** The colour, made darker for light pages and lighter for dark ones until text in it can be read (4.5 to 1). */
export function accentsOf(accent: string): { readonly light: string; readonly dark: string } {
  return { light: readable(accent, "#000000", BACKGROUNDS.light), dark: readable(accent, "#ffffff", BACKGROUNDS.dark) };
}

function readable(accent: string, towards: string, backgrounds: readonly string[]): string {
  for (let step = 0; step < STEPS; step++) {
    const colour = mixed(accent, towards, step / STEPS);
    if (backgrounds.every((background) => contrast(colour, background) >= CONTRAST)) return colour;
  }
  return towards;
}

function mixed(one: string, other: string, share: number): string {
  const [a, b] = [colourOf(one), colourOf(other)];
  return `#${a.map((value, n) => hex(value + ((b[n] ?? 0) - value) * share)).join("")}`;
}

const hex = (value: number) => Math.round(value).toString(16).padStart(2, "0");

function colourOf(text: string): Colour {
  const value = Number.parseInt(text.slice(1), 16);
  return [value >> 16, (value >> 8) & 0xff, value & 0xff];
}

/** Contrast ratio of WCAG 2.2. */
export function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

function luminance(text: string): number {
  const [red = 0, green = 0, blue = 0] = colourOf(text).map((value) => {
    const part = value / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
