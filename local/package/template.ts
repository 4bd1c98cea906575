import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import {
  App,
  Aws,
  CfnOutput,
  CfnParameter,
  type DockerImageAssetLocation,
  type FileAssetLocation,
  type FileAssetSource,
  Fn,
  type IStackSynthesizer,
  type ISynthesisSession,
  Stack,
  StackSynthesizer,
} from "aws-cdk-lib/core";
import { CodeFolder } from "../../lib/constructs/code-folder.ts";
import { addParts } from "../../lib/rappel/add-parts.ts";
import type { RappelProps } from "../../lib/rappel/rappel-props.ts";
import { readProps } from "../../lib/rappel/read-props.ts";
import { zipFolder } from "./zip-folder.ts";

const STACK = "rappel";

/**
 * Writes one CloudFormation template and the archives of its functions, for deployments without the CDK.
 * @param out the folder, which gets `rappel.template.json` and a ZIP file for each function
 * @param bundles the folder of the functions' bundles
 * @param props what the template sets. It has no parameters for them
 * @throws {Error} if a prop is invalid
 */
export function writeTemplate(out: string, bundles: string, version: string, props: RappelProps = {}): void {
  const assembly = mkdtempSync(join(tmpdir(), "rappel-template-"));
  try {
    const app = new App({ outdir: assembly, analyticsReporting: false });
    const archives = new Map<string, Uint8Array>();
    const { settings, domain, alarmTopic } = readProps(props, "template");
    if (domain !== undefined || alarmTopic !== undefined)
      throw new Error("Cannot write a template with domain or alarmTopic: add them beside the stack");
    const stack = new Stack(app, STACK, {
      description: `Rappel ${version}`,
      // The CDK's own class has optional properties that its interface does not have under exactOptionalPropertyTypes.
      synthesizer: new ArchivesOfBucket(assembly, archives) as IStackSynthesizer,
    });
    // Names have the stack's, which is unknown until it is created.
    const { state, api, observability } = addParts(stack, {
      settings,
      name: Aws.STACK_NAME,
      code: new CodeFolder(bundles, settings.consoleBranding),
      metricNamespace: `Rappel/${Aws.STACK_NAME}`,
    });
    const outputs = {
      ApiUrl: api.url,
      TableName: state.table.tableName,
      AlarmTopicArn: observability.topic.topicArn,
      DashboardName: observability.dashboard.dashboardName,
      MetricNamespace: `Rappel/${Aws.STACK_NAME}`,
    };
    for (const [id, value] of Object.entries(outputs)) new CfnOutput(stack, id, { value });
    const { template } = app.synth().getStackByName(STACK);
    mkdirSync(out, { recursive: true });
    writeFileSync(join(out, `${STACK}.template.json`), `${JSON.stringify(template, null, 1)}\n`);
    for (const [name, bytes] of archives) writeFileSync(join(out, name), bytes);
  } finally {
    rmSync(assembly, { recursive: true, force: true });
  }
}

/** Functions whose code is in a bucket that the template gets as a parameter. */
class ArchivesOfBucket extends StackSynthesizer {
  readonly #assembly: string;
  readonly #archives: Map<string, Uint8Array>;
  #parameters: { readonly bucket: CfnParameter; readonly prefix: CfnParameter } | undefined;

  /**
   * @param assembly the output folder of the app
   * @param archives gets each archive by its name
   */
  constructor(assembly: string, archives: Map<string, Uint8Array>) {
    super();
    this.#assembly = assembly;
    this.#archives = archives;
  }

  addFileAsset({ fileName = "", sourceHash }: FileAssetSource): FileAssetLocation {
    const name = `${sourceHash}.zip`;
    this.#archives.set(name, zipFolder(isAbsolute(fileName) ? fileName : join(this.#assembly, fileName)));
    this.#parameters ??= {
      bucket: new CfnParameter(this.boundStack, "CodeBucket", {
        description: "The S3 bucket with the functions' ZIP files, in the stack's region",
      }),
      prefix: new CfnParameter(this.boundStack, "CodePrefix", {
        description: "What the keys of the ZIP files begin with, such as rappel/",
        default: "",
      }),
    };
    const bucketName = this.#parameters.bucket.valueAsString;
    const objectKey = Fn.join("", [this.#parameters.prefix.valueAsString, name]);
    const httpUrl = `https://s3.${Aws.REGION}.${Aws.URL_SUFFIX}/${bucketName}/${objectKey}`;
    return { bucketName, objectKey, httpUrl, s3ObjectUrl: `s3://${bucketName}/${objectKey}` };
  }

  addDockerImageAsset(): DockerImageAssetLocation {
    throw new Error("Cannot add a Docker image: Rappel has none");
  }

  synthesize(session: ISynthesisSession): void {
    this.synthesizeTemplate(session);
    this.emitArtifact(session);
  }
}
