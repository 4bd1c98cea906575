import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The stories of `npm test`: quick ones that prove the most. `npm run test:full` tells all of them. */
const STORIES = [
  "accounts/accounts", // accounts, their keys and limits
  "api/api", // every route
  "delivery/first-attempt", // accepted, delivered byte for byte
  "delivery/formats", // every format, encoding and group
  "api/idempotency", // sent again
  "api/mailjet-client", // Mailjet's own client; suspended, backup, revived
  "delivery/rotation", // secrets
  "delivery/status-events", // retried, suspended, resumed, resent, rate limits
].map((name) => `test/e2e/${name}.test.ts`);
/** Those that drive the local engines or run the emulator. */
const CONTRACTS = ["test/{contract,emulator,local}/**/*.test.ts", "test/adapters/{faults,inputs,sizes}.test.ts"];
/** A story waits for many things, one after the other. */
const STORY = { testTimeout: 900_000, globalSetup: ["test/privileges/record.ts", "test/e2e/support/shared.ts"] };
/** Those that synthesise for themselves, or run `npm start` or the example receivers in processes, as stories do. */
const SLOW = [
  "test/stacks/{same-again,example}.test.ts",
  "test/local/start.test.ts",
  "test/examples/receivers.test.ts",
];

/** They wait for a minute and more: begun last, all others would be waited for first. */
const WAITING = /(adapters\/faults|contract\/(outage|timer)|e2e\/\w+\/(erase|groups|kill|retry))\.test\.ts$/;
class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isWaiting = ({ moduleId }: TestSpecification) => WAITING.test(moduleId);
    return (await super.sort(files)).toSorted((a, b) => Number(isWaiting(b)) - Number(isWaiting(a)));
  }
}

// `npm test` runs `unit`, which needs nothing; `contract`, on the local engines; `stacks`, on one synthesis; and `e2e`, on one
// service. `npm run test:full` runs all projects.
export default defineConfig({
  test: {
    // Patience, and no expectation: whatever a test says must hold on a machine that is ten times slower.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    // More than the two cores that there may be: most files wait for receivers, delays and deadlines.
    maxWorkers: 5,
    sequence: { sequencer: WaitingFirst },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [...CONTRACTS, ...SLOW, "test/{stacks,e2e,privileges}/**"],
          // They leave nothing behind in their process, and without one for each they take two thirds of the time.
          isolate: false,
          setupFiles: "test/support/fresh-modules.ts",
        },
      },
      {
        extends: true,
        test: { name: "contract", include: CONTRACTS, exclude: SLOW },
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
        test: { name: "e2e", include: STORIES, ...STORY },
      },
      {
        extends: true,
        test: {
          name: "e2e-full",
          include: ["test/e2e/**/*.test.ts", ...SLOW],
          exclude: STORIES,
          ...STORY,
        },
      },
      {
        extends: true,
        test: {
          name: "privileges",
          include: ["test/privileges/least-privilege.test.ts"],
          globalSetup: "test/privileges/record.ts",
          // Behind all others: it judges what the stories have left.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
