import { defineConfig } from "vitest/config";

// The unit tests of the decisions. Not those that read the sources, which are instrumented here, nor the simulator, which
// takes half a minute for each change that survives.
export default defineConfig({
  test: {
    testTimeout: 60_000,
    include: [
      "test/{delivery,endpoints,events,mailjet,notifications,retry,shared}/**/*.test.ts",
      "test/adapters/life-times.test.ts",
    ],
    exclude: ["test/shared/version.test.ts"],
    isolate: false,
    setupFiles: "test/support/fresh-modules.ts",
  },
});
