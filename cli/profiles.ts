import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import * as z from "zod";
import { type Io, UsageError } from "./io.ts";

const Profile = z.strictObject({ url: z.url(), key: z.string(), account: z.string().exactOptional() });
/** Where an API is, and a key of it. */
export type Profile = z.output<typeof Profile>;
const File = z.strictObject({ profiles: z.record(z.string(), Profile) });

const DEFAULT = "default";
const OWNER_ONLY = 0o600;
const NAME = /^[\w.-]{1,64}$/;

/** `RAPPEL_CONFIG`, else the folder for settings of the platform. */
function profilesFile({ env }: Pick<Io, "env">): string {
  const { RAPPEL_CONFIG, XDG_CONFIG_HOME, APPDATA } = env;
  return (
    RAPPEL_CONFIG ??
    join(XDG_CONFIG_HOME ?? APPDATA ?? join(env["HOME"] ?? homedir(), ".config"), "rappel", "config.json")
  );
}

function readProfiles(io: Pick<Io, "env">): Readonly<Record<string, Profile>> {
  const file = profilesFile(io);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return {};
  }
  try {
    return File.parse(JSON.parse(text)).profiles;
  } catch {
    throw new UsageError(`Cannot read ${file}: need {"profiles":{"NAME":{"url":…,"key":…}}}. Correct it, or remove it`);
  }
}

/** Adds or replaces a profile. Only the user may read the file, because it has keys. */
export function saveProfile(io: Pick<Io, "env">, name: string, profile: Profile): string {
  if (!NAME.test(name)) throw new UsageError(`--profile ${name}: need 1 to 64 of A-Z a-z 0-9 _ . -`);
  const file = profilesFile(io);
  mkdirSync(dirname(file), { recursive: true });
  const profiles = { ...readProfiles(io), [name]: profile };
  writeFileSync(file, `${JSON.stringify({ profiles }, null, 2)}\n`, { mode: OWNER_ONLY });
  chmodSync(file, OWNER_ONLY); // the mode above is only for a new file
  return file;
}

/** What the flags and the environment say. */
export interface ConnectionFlags {
  readonly url?: string;
  readonly key?: string;
  readonly account?: string;
  readonly profile?: string;
}

/** A flag, else the environment, else the profile. @param isNew whether a profile is being made, so that none is read */
export function connectionOf(io: Pick<Io, "env">, flags: ConnectionFlags, isNew = false): Profile {
  const { RAPPEL_URL, RAPPEL_KEY, RAPPEL_ACCOUNT, RAPPEL_PROFILE } = io.env;
  const name = isNew ? undefined : (flags.profile ?? RAPPEL_PROFILE);
  const profiles = isNew ? {} : readProfiles(io);
  const profile = profiles[name ?? DEFAULT];
  if (name !== undefined && profile === undefined)
    throw new UsageError(
      `There is no profile "${name}" in ${profilesFile(io)}. It has: ${Object.keys(profiles).join(", ") || "none"}`,
    );
  const url = flags.url ?? RAPPEL_URL ?? profile?.url;
  // A profile's key goes only to the profile's URL.
  const own = url === profile?.url ? profile : undefined;
  const key = flags.key ?? RAPPEL_KEY ?? own?.key;
  const account = flags.account ?? RAPPEL_ACCOUNT ?? own?.account;
  if (url === undefined || key === undefined)
    throw new UsageError(
      `Need ${url === undefined ? "the API's URL" : "a key"}: --${url === undefined ? "url" : "key"}, ${url === undefined ? "RAPPEL_URL" : "RAPPEL_KEY"}, or a profile made by: rappel login`,
    );
  return { url, key, ...(account !== undefined && { account }) };
}

export { DEFAULT as DEFAULT_PROFILE };
