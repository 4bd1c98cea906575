/** `npm run template`: writes one CloudFormation template and the functions' archives, for deployments without the CDK. */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { bundlesFolder } from "#bundles";
import { VERSION } from "../lambdas/shared/version.ts";
import { writeTemplate } from "../local/package/template.ts";

const HELP = `Writes rappel.template.json, one CloudFormation template of the whole service, and the ZIP files of its functions.
docs/operations/cloudformation.md and terraform.md say how to deploy them.

  npm run template                         writes them to the folder template
  npm run template -- --out FOLDER         writes them to another folder
  npm run template -- --props FILE         with props of the construct as JSON, such as {"alarmEmail":"ops@example.com"}
  npm run template -- --help               shows this`;

try {
  const { values } = parseArgs({
    options: {
      out: { type: "string", default: "template" },
      props: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  const props = values.props === undefined ? {} : JSON.parse(readFileSync(values.props, "utf8"));
  writeTemplate(values.out, bundlesFolder(), VERSION, props);
  console.log(`Wrote rappel.template.json and the functions' ZIP files to ${values.out}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
