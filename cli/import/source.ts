import * as z from "zod";
import { UsageError } from "../io.ts";

/** An endpoint of another service, in Rappel's terms. */
export interface ImportedEndpoint {
  /** The other service's id. */
  readonly id: string;
  readonly url: string;
  readonly eventTypes: readonly string[];
  readonly description?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent: it cannot be kept, and the receiver needs a new one. */
  readonly secret?: string;
  readonly isPaused: boolean;
  /** What could not be taken over, for the report. */
  readonly notes: readonly string[];
}

/** A customer of another service. */
export interface ImportedAccount {
  /** Absent: no account can have its name. */
  readonly id: string | undefined;
  readonly name: string;
  readonly endpoints: AsyncIterable<ImportedEndpoint>;
}

/** Where the other service's API is. */
export interface SourceOptions {
  readonly url: string;
  readonly token: string;
}

const WITHIN_MS = 30_000;

/** Reads JSON from the other service. @throws {Error} with what it answered, without the token */
export async function readJson<T extends z.ZodType>(
  { url, token }: SourceOptions,
  path: string,
  schema: T,
): Promise<z.output<T>> {
  const at = `${url.replace(/\/+$/, "")}${path}`;
  const response = await fetch(at, {
    headers: { authorization: `Bearer ${token}`, accept: "application/json" },
    signal: AbortSignal.timeout(WITHIN_MS),
  }).catch((error: unknown) => {
    throw new Error(
      `No response from ${at}: ${error instanceof Error && error.cause instanceof Error ? error.cause.message : error}`,
    );
  });
  if (response.status === 401 || response.status === 403)
    throw new UsageError(`${at} answered ${response.status}: check --source-token`);
  if (!response.ok) throw new Error(`${at} answered ${response.status}`);
  const parsed = schema.safeParse(await response.json());
  if (!parsed.success) throw new Error(`${at} answered something else than expected: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

const SECRET_BYTES = { min: 24, max: 64 }; // Standard Webhooks 1.0.0

/** A secret that Rappel can sign with: `whsec_` and the base64 of 24 to 64 bytes. */
export function usableSecret(secret: string | null | undefined): string | undefined {
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const bytes = Buffer.from(encoded, "base64");
  const isCanonical = bytes.toString("base64").replace(/=+$/, "") === encoded.replace(/=+$/, "");
  return isCanonical && bytes.length >= SECRET_BYTES.min && bytes.length <= SECRET_BYTES.max
    ? `whsec_${bytes.toString("base64")}`
    : undefined;
}

const ACCOUNT = /^[A-Za-z0-9_-]{1,64}$/;

/** The first of another service's names that an account of Rappel can have. */
export function accountId(...names: readonly (string | null | undefined)[]): string | undefined {
  return names.find((name): name is string => typeof name === "string" && ACCOUNT.test(name));
}
