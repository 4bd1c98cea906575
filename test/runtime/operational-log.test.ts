import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const lines: string[] = [];
beforeEach(() => {
  lines.length = 0;
  // Powertools creates its own console when its module is loaded.
  vi.resetModules();
  vi.spyOn(process.stdout, "write").mockImplementation((text) => lines.push(String(text)) > 0);
  vi.spyOn(process.stderr, "write").mockImplementation((text) => lines.push(String(text)) > 0);
});
afterEach(() => vi.restoreAllMocks());

describe("a refused schedule", () => {
  it.each([
    [
      "an AWS error",
      Object.assign(new Error("role of 123456789012"), { name: "AccessDeniedException" }),
      "AccessDeniedException",
    ],
    ["a Node error", Object.assign(new Error("connect 10.0.0.7"), { code: "ECONNREFUSED" }), "Error: ECONNREFUSED"],
    ["a thrown string", "role of 123456789012", "string"],
  ])("a refused schedule is logged with the name of %s only", async (_, error, name) => {
    const { report } = await import("../../lambdas/runtime/operational-log.ts");
    report.scheduleRefused("ep_1", error);
    const [line = ""] = lines;
    expect(JSON.parse(line)).toMatchObject({ level: "WARN", endpoint: "ep_1", error: name });
    expect(line).not.toMatch(/123456789012|10\.0\.0\.7/);
  });
});
