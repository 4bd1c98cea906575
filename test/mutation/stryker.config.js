// `npm run mutation`: changes the decisions one at a time and runs the unit tests. A change that no test notices survives.
export default {
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner"],
  vitest: { configFile: "test/mutation/vitest.config.ts", related: false },
  // The conditional writes and their times. Others by hand: npm run mutation -- --mutate lambdas/retry/run-retry-round.ts
  mutate: [
    "lambdas/endpoints/model/{conditional-update,endpoint-state,endpoint-state-changes,wake-up}.ts",
    "lambdas/endpoints/schedule-wake-up.ts",
    "lambdas/retry/retry-round.ts",
    "lambdas/shared/retention.ts",
  ],
  // Texts are tested where they are read. The removal of a whole block, object or function is noticed by nearly every test.
  mutator: { excludedMutations: ["StringLiteral", "Regex", "ObjectLiteral", "BlockStatement", "ArrowFunction"] },
  // A changed constant of a module would run all tests.
  ignoreStatic: true,
  // TypeScript 7 has no compiler API, with which Stryker would rewrite the tsconfig.json of its copy.
  tsconfigFile: "none",
  disableTypeChecks: false,
  ignorePatterns: ["cdk.out*", ".rappel", "coverage", "docs", "bench"],
  concurrency: 1,
  timeoutMS: 20_000,
  // Repeats only what the changes since the last run concern.
  incremental: true,
  incrementalFile: "reports/mutation/incremental.json",
  tempDirName: ".stryker-tmp",
  reporters: ["clear-text", "progress-append-only", "json", "html"],
  jsonReporter: { fileName: "reports/mutation/mutation.json" },
  htmlReporter: { fileName: "reports/mutation/mutation.html" },
  clearTextReporter: { logTests: false, reportTests: false, allowEmojis: false },
};
