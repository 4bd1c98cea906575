import { afterEach, expect, it, vi } from "vitest";
import { defaultProvider } from "../../../lambdas/adapters/aws/environment-credentials.ts";

afterEach(() => vi.unstubAllEnvs());

it("a function's credentials are read from its environment", async () => {
  const environment = { AWS_ACCESS_KEY_ID: "key-id", AWS_SECRET_ACCESS_KEY: "secret", AWS_SESSION_TOKEN: "token" };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  expect(await defaultProvider()()).toEqual({
    accessKeyId: "key-id",
    secretAccessKey: "secret",
    sessionToken: "token",
  });
});

it("missing credentials are an error that names the variables", async () => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "key-id");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "");
  await expect(defaultProvider()()).rejects.toThrow(/AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY/);
});
