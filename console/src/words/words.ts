import { computed, signal } from "@preact/signals";
import { en, type Words } from "./en.ts";
import { es } from "./es.ts";
import { fr } from "./fr.ts";

const LANGUAGES: Readonly<Record<string, { readonly name: string; readonly words: Words }>> = {
  en: { name: "English", words: en },
  fr: { name: "Français", words: fr },
  es: { name: "Español", words: es },
};
export const LANGUAGE_NAMES = Object.entries(LANGUAGES).map(([code, { name }]) => ({ code, name }));

/** The first of the browser's languages that the console has. */
function preferred(): string {
  const codes = navigator.languages.map((each) => each.slice(0, 2).toLowerCase());
  return codes.find((code) => code in LANGUAGES) ?? "en";
}

export const language = signal(preferred());
const words = computed(() => LANGUAGES[language.value]?.words ?? en);
/** The texts in the current language. Read during a render, so that a change of language shows at once. */
export const w = (): Words => words.value;

export function speak(code: string): void {
  if (!(code in LANGUAGES)) return;
  language.value = code;
  document.documentElement.lang = code;
}
