import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The end-to-end tests of `npm test`: the fast ones that cover the most. `npm run test:full` runs all of them. */
const FAST_E2E = [
  "accounts/accounts", // accounts, their keys and limits
  "api/routes", // every route
  "api/requests", // test deliveries, secrets, answers to wrong requests
  "delivery/first-attempt", // fan-out, failed attempts, slow receivers
  "delivery/batches", // samples and batches, delivered byte for byte
  "api/mailjet-callbacks", // callbacks as endpoints; suspended, backup, revived
].map((name) => `test/e2e/${name}.test.ts`);
/** The console in a browser, a URL from the sign-in to its first delivery, in `npm test`. */
const FAST_CONSOLE = "test/console/browser/first-url.test.ts";
/** Tests that use the local engines or run the emulator. */
const CONTRACTS = [
  "test/{contract,emulator,local}/**/*.test.ts",
  "test/adapters/{faults,inputs,message-sizes,table-sizes}.test.ts",
];
/** An end-to-end test waits for many things, one after the other. */
const E2E = {
  testTimeout: 900_000,
  globalSetup: ["test/privileges/record.ts", "test/e2e/support/shared.ts", "test/console/support/shared-browser.ts"],
};
/**
 * Tests that synthesise a second time, start `npm start`, all commands or the example receivers, end threads, draw many
 * faults at random, simulate many storms, or deliver many thousand events.
 */
const SLOW = [
  "test/adapters/random-faults.test.ts",
  "test/stacks/{same-again,example,construct/two-in-one,deployment/side-by-side}.test.ts",
  "test/local/{start,start-failures,check-functions,copy-stopped}.test.ts",
  "test/emulator/loading.test.ts",
  "test/repository/help.test.ts",
  "test/cli/signals.test.ts",
  "test/package/{install,api-report,template}.test.ts",
  "test/examples/receivers.test.ts",
  "test/simulator/{failing,storms}.test.ts",
  "test/retry/rejected-events.test.ts",
];

/** Tests that wait for a minute or more. They start first, so that the others run meanwhile. */
const WAITING = /(adapters\/(random-)?faults|contract\/(outage|timer)|e2e\/\w+\/(erase|groups|kill|retry))\.test\.ts$/;
class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isWaiting = ({ moduleId }: TestSpecification) => WAITING.test(moduleId);
    return (await super.sort(files)).toSorted((a, b) => Number(isWaiting(b)) - Number(isWaiting(a)));
  }
}

// `npm test` runs the unit tests, the contracts on the local engines, one shared synthesis, and the fast end-to-end tests.
export default defineConfig({
  test: {
    // Generous: every assertion must also hold on a machine that is ten times slower.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    // Ours: more workers than the two cores of CI, because most files wait for receivers, delays and deadlines.
    maxWorkers: 5,
    sequence: { sequencer: WaitingFirst },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [...CONTRACTS, ...SLOW, "test/{stacks,e2e,privileges}/**", "test/console/browser/**"],
          // These tests leave no state in their process. Sharing it saves a third of the time.
          isolate: false,
          setupFiles: "test/support/fresh-modules.ts",
        },
      },
      {
        extends: true,
        test: {
          name: "contract",
          include: CONTRACTS,
          exclude: SLOW,
          isolate: false,
          setupFiles: "test/support/fresh-modules.ts",
        },
      },
      {
        extends: true,
        test: {
          name: "stacks",
          include: ["test/stacks/**/*.test.ts", "test/privileges/grants.test.ts"],
          exclude: SLOW,
          globalSetup: "test/support/synth.ts",
        },
      },
      {
        extends: true,
        test: { name: "e2e", include: [...FAST_E2E, FAST_CONSOLE], ...E2E },
      },
      {
        extends: true,
        test: {
          name: "e2e-full",
          include: ["test/e2e/**/*.test.ts", "test/console/browser/**/*.test.ts", ...SLOW],
          exclude: [...FAST_E2E, FAST_CONSOLE],
          ...E2E,
        },
      },
      {
        extends: true,
        test: {
          name: "privileges",
          include: ["test/privileges/least-privilege.test.ts"],
          globalSetup: "test/privileges/record.ts",
          // After all others: it evaluates the calls that the end-to-end tests recorded.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
