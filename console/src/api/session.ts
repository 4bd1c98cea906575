import { computed, signal } from "@preact/signals";
import { type AnswerOf, ApiError, apiAt } from "./client.ts";

type Whoami = AnswerOf<"GET /v1/whoami">;
interface Session {
  /** Only where the browser does not keep the cookie, as on a page without TLS: a key in memory, which a reload forgets. */
  readonly credentials: string | undefined;
  /** The account that is shown; an operator chooses one. */
  readonly account: string | undefined;
  readonly who: Whoami;
}

const session = signal<Session | undefined>(undefined);
/** Why there is no session. `starting`: that is not known yet. */
export const signedOut = signal<"starting" | "never" | "ended" | "linkInvalid" | "noCookie">("starting");

export const who = computed(() => session.value?.who);
export const account = computed(() => session.value?.account ?? session.value?.who.account ?? undefined);
export const isSignedIn = computed(() => session.value !== undefined);
/** The only endpoint that the session is about, if it is. */
export const onlyEndpoint = computed(() => session.value?.who.session?.endpoint ?? undefined);
export const returnUrl = computed(() => session.value?.who.session?.returnUrl ?? undefined);

export function may(scope: "send" | "manage" | "manage:endpoints" | "read" | "read:status"): boolean {
  const scopes = session.value?.who.key.scopes ?? [];
  const wider = { "manage:endpoints": "manage", "read:status": "read" } as const;
  return scopes.includes(scope) || (scope in wider && scopes.includes(wider[scope as keyof typeof wider]));
}

const basic = (credentials: string | undefined) =>
  credentials === undefined ? undefined : { authorization: `Basic ${credentials}` };

/** The API of the host that serves this page. */
export const api = apiAt({
  headers: () => ({
    ...basic(session.value?.credentials),
    ...(session.value?.account !== undefined && { "rappel-account": session.value.account }),
  }),
  onRefused: () => {
    if (session.value !== undefined) signedOut.value = "ended";
    session.value = undefined;
  },
});
/** Before there is a session: an error is not the end of one. */
const asking = (credentials?: string) => apiAt({ headers: () => ({ ...basic(credentials) }) });

/** @returns whether there is a session now: whether the browser keeps its cookie */
async function resume(credentials?: string): Promise<boolean> {
  try {
    session.value = { credentials, account: undefined, who: await asking(credentials)("GET /v1/whoami") };
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return false;
    throw error;
  }
}

/** Opens the session of a link, or continues one. The code leaves the address before anything else happens. */
export async function start(): Promise<void> {
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  if (code !== null) history.replaceState(history.state, "", location.pathname + location.search);
  try {
    if (code !== null) await asking()("POST /v1/sessions", { body: { code } });
    if (!(await resume())) signedOut.value = code === null ? "never" : "noCookie";
  } catch (error) {
    signedOut.value = error instanceof ApiError && error.code === "LINK_INVALID" ? "linkInvalid" : "never";
  }
}

/** @throws {ApiError} `KEY_INVALID` */
export async function signIn(id: string, secret: string): Promise<void> {
  const credentials = btoa(`${id.trim()}:${secret.trim()}`);
  await asking(credentials)("POST /v1/sessions");
  if (!(await resume())) await resume(credentials);
}

/** For an operator: the account whose data is shown. */
export function actFor(name: string | undefined): void {
  if (session.value !== undefined) session.value = { ...session.value, account: name };
}

export function signOut(): void {
  const isKept = session.value?.credentials === undefined;
  session.value = undefined;
  signedOut.value = "never";
  if (isKept) void asking()("DELETE /v1/sessions/current").catch(() => undefined);
}
