/** `npm run api-report`: writes or checks the reports of the npm package's public types. */
import { extractTypes } from "../local/package/types.ts";

const HELP = `Writes the report of the npm package's public types to api-report, a file for each entry. A changed type is a changed line
there, which is seen in review.

  npm run api-report                writes the reports
  npm run api-report -- --check     fails if one is not up to date
  npm run api-report -- --help      shows this`;

if (process.argv.includes("--help")) console.log(HELP);
else {
  const isCheck = process.argv.includes("--check");
  const changed = extractTypes({ reports: isCheck ? "check" : "write" });
  if (isCheck && changed.length > 0) {
    console.error(
      `Not up to date in api-report: ${changed.join(", ")}. Run npm run api-report, and review the change.`,
    );
    process.exitCode = 1;
  }
}
