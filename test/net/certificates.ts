import { generate } from "selfsigned";

/** A key and its certificate in PEM. Created at test time, because a stored certificate would expire. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

interface CertificateOptions {
  readonly name?: string;
  readonly by?: Certificate;
  readonly isAuthority?: boolean;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
export const daysFromNow = (days: number) => new Date(Date.now() + days * DAY_MS);

/** Issues a certificate for receiver.test that is valid this week and self-signed, unless the options differ. */
export async function certificate({
  name = "receiver.test",
  by,
  isAuthority = false,
  notBefore = daysFromNow(-1),
  notAfter = new Date(notBefore.getTime() + WEEK_MS),
}: CertificateOptions = {}): Promise<Certificate> {
  const { private: key, cert } = await generate([{ name: "commonName", value: name }], {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate: notBefore,
    notAfterDate: notAfter,
    extensions: [
      { name: "basicConstraints", cA: isAuthority, critical: true },
      isAuthority
        ? { name: "keyUsage", keyCertSign: true, critical: true }
        : { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "subjectAltName", altNames: [{ type: 2, value: name }] },
    ],
    ...(by && { ca: by }),
  });
  return { key, cert };
}
