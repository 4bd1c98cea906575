/** `npm run api-report`: writes the reports of the package's public types. With `--check`: fails if one is not up to date. */
import { extractTypes } from "../local/package/types.ts";

const isCheck = process.argv.includes("--check");
const changed = extractTypes({ reports: isCheck ? "check" : "write" });
if (isCheck && changed.length > 0) {
  console.error(
    `api-report/ is not up to date: ${changed.join(", ")}. Run \`npm run api-report\` and review the change.`,
  );
  process.exit(1);
}
