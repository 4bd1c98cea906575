import { describe, expect, it } from "vitest";
import { fileServer } from "../../../lambdas/console/serve-files.ts";
import { ConsoleEnvironment } from "../../../lambdas/runtime/environment.ts";

const files = new Map([["index.html", Buffer.from("<!doctype html>")]]);
const policyOf = (frameAncestors?: string) =>
  fileServer(files, frameAncestors)({ method: "GET", path: "/console", headers: {} }).headers[
    "content-security-policy"
  ];

describe("embedding the console", () => {
  it("no site may embed it by default", () => {
    expect(policyOf()).toContain("frame-ancestors 'none'");
  });

  it("the sites of the setting may", () => {
    const { CONSOLE_FRAME_ANCESTORS } = ConsoleEnvironment.parse({
      CONSOLE_FRAME_ANCESTORS: "https://app.example.com https://*.example.org",
    });
    expect(policyOf(CONSOLE_FRAME_ANCESTORS)).toMatch(
      /; frame-ancestors https:\/\/app\.example\.com https:\/\/\*\.example\.org$/,
    );
  });

  it.each(["", "https://a.example.com; script-src *", "https://a.example.com\r\nx-header: 1", "https://a, https://b"])(
    "%j is no list of sites, and no other directive or header can be in it",
    (text) => {
      expect(ConsoleEnvironment.safeParse({ CONSOLE_FRAME_ANCESTORS: text }).success).toBe(false);
    },
  );
});
