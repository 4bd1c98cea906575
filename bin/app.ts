/**
 * The CDK app. `npx cdk synth -c stage=prod` runs it. `CDK_OUTDIR=out node bin/app.ts` runs it without the CDK command; the
 * context is then in CDK_CONTEXT_JSON, such as {"stage":"local"}. CDK_VALIDATION=false skips the validation, which takes 1.5 s.
 */
import { buildApp } from "../lib/app.ts";
import { readContext } from "../lib/context.ts";

const app = await buildApp({ context: readContext() });
app.synth();
