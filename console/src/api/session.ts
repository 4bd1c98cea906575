import { computed, signal } from "@preact/signals";
import { type AnswerOf, clientWith } from "./client.ts";

type Whoami = AnswerOf<"GET /v1/whoami">;
interface Session {
  readonly credentials: string;
  /** The account that is shown; an operator chooses one. */
  readonly account: string | undefined;
  readonly who: Whoami;
}

/** In memory alone: a reload of the page forgets the key, and no storage of the browser ever holds it. */
const session = signal<Session | undefined>(undefined);
/** Whether the session ended by itself: the key was deleted or has expired. */
export const wasRefused = signal(false);

export const who = computed(() => session.value?.who);
export const account = computed(() => session.value?.account ?? session.value?.who.account ?? undefined);
export const isSignedIn = computed(() => session.value !== undefined);

export function may(scope: "send" | "manage" | "manage:endpoints" | "read" | "read:status"): boolean {
  const scopes = session.value?.who.key.scopes ?? [];
  const wider = { "manage:endpoints": "manage", "read:status": "read" } as const;
  return scopes.includes(scope) || (scope in wider && scopes.includes(wider[scope as keyof typeof wider]));
}

const headersOf = (credentials: string, acting: string | undefined) => ({
  authorization: `Basic ${credentials}`,
  ...(acting !== undefined && { "rappel-account": acting }),
});

export const api = clientWith(
  () => {
    const { value } = session;
    return value === undefined ? {} : headersOf(value.credentials, value.account);
  },
  () => {
    if (session.value !== undefined) wasRefused.value = true;
    session.value = undefined;
  },
);

/** @throws {ApiError} `KEY_INVALID` */
export async function signIn(id: string, secret: string): Promise<void> {
  const credentials = btoa(`${id.trim()}:${secret.trim()}`);
  const ask = clientWith(
    () => headersOf(credentials, undefined),
    () => {},
  );
  const found = await ask("GET /v1/whoami");
  wasRefused.value = false;
  session.value = { credentials, account: undefined, who: found };
}

/** For an operator: the account whose data is shown. */
export function actFor(name: string | undefined): void {
  if (session.value !== undefined) session.value = { ...session.value, account: name };
}

export function signOut(): void {
  session.value = undefined;
}
