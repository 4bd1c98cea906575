/**
 * The CDK app. `npx cdk synth -c stage=prod` runs it; so does `CDK_OUTDIR=out node bin/app.ts`, without the CDK command
 * and with context in CDK_CONTEXT_JSON, such as {"stage":"local"}. Without the schemas' 1.5 s: CDK_VALIDATION=false.
 */
import { buildApp } from "../lib/app.ts";
import { readContext } from "../lib/context.ts";

const app = await buildApp({ context: readContext() });
app.synth();
