import { defineConfig } from "vitest/config";

// Three kinds of proof, each with what it needs: nothing; one synthesis; one whole service on this machine.
export default defineConfig({
  test: {
    testTimeout: 30_000,
    // More than the two cores that there may be: most files wait for receivers, delays and deadlines.
    maxWorkers: 3,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: "code",
          include: ["test/{core,flow,edge,net,metrics,local,contract,simulator}/**/*.test.ts", "test/*.test.ts"],
        },
      },
      { extends: true, test: { name: "stacks", include: ["test/stacks/**/*.test.ts"], globalSetup: "test/synth.ts" } },
      { extends: true, test: { name: "story", include: ["test/story/**/*.test.ts"] } },
    ],
  },
});
