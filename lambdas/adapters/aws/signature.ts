import { createHmac, createSecretKey, hash, type KeyObject } from "node:crypto";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** A POST with a body, to be signed. */
export interface Signable {
  readonly path: string;
  /** Names in lower case, in alphabetical order, values without spaces around them. All of them are signed. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Signs POST requests by Signature Version 4. The signing key is derived once per day and secret; a signature is then two
 * hashes and one HMAC. Source: "Create a signed AWS API request", AWS IAM User Guide.
 * @returns returns the value of `authorization`
 */
export function requestSigner(
  service: string,
  region: string,
): (request: Signable, credentials: Credentials, instant: string) => string {
  let derived: { readonly secret: string; readonly day: string; readonly key: KeyObject } | undefined;

  const keyOf = (secret: string, day: string): KeyObject => {
    if (derived?.secret === secret && derived.day === day) return derived.key;
    const bytes = [day, region, service, "aws4_request"].reduce<Buffer | string>(
      (key, part) => createHmac("sha256", key).update(part).digest(),
      `AWS4${secret}`,
    );
    const key = createSecretKey(Buffer.from(bytes));
    derived = { secret, day, key };
    return key;
  };

  return ({ path, headers, body }, { accessKeyId, secretAccessKey }, instant) => {
    const day = instant.slice(0, 8);
    const scope = `${day}/${region}/${service}/aws4_request`;
    const names = Object.keys(headers);
    const signedNames = names.join(";");
    const lines = names.map((name) => `${name}:${headers[name]}\n`).join("");
    const canonical = `POST\n${path}\n\n${lines}\n${signedNames}\n${hash("sha256", body)}`;
    const text = `AWS4-HMAC-SHA256\n${instant}\n${scope}\n${hash("sha256", canonical)}`;
    const signature = createHmac("sha256", keyOf(secretAccessKey, day)).update(text).digest("hex");
    return `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${signedNames}, Signature=${signature}`;
  };
}

/** The form of an instant in `x-amz-date`: `20261130T235959Z`. */
export function signedInstant(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}
