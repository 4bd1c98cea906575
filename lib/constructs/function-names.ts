/** All functions, each named like its entry file in `lambdas/`. */
export const FUNCTIONS = ["accept", "api", "console", "dispatch", "erase", "sweep", "wake"] as const;
export type FunctionName = (typeof FUNCTIONS)[number];
