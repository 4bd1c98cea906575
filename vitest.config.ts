import { defineConfig } from "vitest/config";

// Four kinds of proof, each with what it needs: nothing; one synthesis; one whole service on this machine; what those did.
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
          include: ["test/**/*.test.ts"],
          exclude: ["test/{stacks,e2e,privileges}/**"],
        },
      },
      {
        extends: true,
        test: { name: "stacks", include: ["test/stacks/**/*.test.ts"], globalSetup: "test/support/synth.ts" },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          globalSetup: "test/privileges/record.ts",
          // Patience, and no expectation: whatever a story says must hold on a machine that is ten times slower.
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: "privileges",
          include: ["test/privileges/**/*.test.ts"],
          globalSetup: "test/privileges/record.ts",
          // Behind all others: it judges what the stories have left.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
