import type { Credentials } from "./signature.ts";

/**
 * Takes the place of `@aws-sdk/credential-provider-node` in the functions' bundles. A function has its credentials in its
 * environment. The SDK's provider would also load what looks in profiles, single sign-on, containers and instances: a
 * quarter of a bundle.
 * @throws {Error} if they are missing; the message names the variables
 */
export function defaultProvider(): () => Promise<Credentials> {
  return async () => {
    const {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    } = process.env;
    if (!accessKeyId || !secretAccessKey)
      throw new Error(
        "Cannot find AWS credentials: need the environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
      );
    return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
  };
}
