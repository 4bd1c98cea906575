import type { HttpApi, IDomainName } from "aws-cdk-lib/aws-apigatewayv2";
import type { Alarm, Dashboard } from "aws-cdk-lib/aws-cloudwatch";
import type { TableV2 } from "aws-cdk-lib/aws-dynamodb";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Names } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import { bundlesFolder } from "#bundles";
import { CodeFolder } from "../constructs/code-folder.ts";
import { addParts } from "./add-parts.ts";
import { type IRappel, RappelBase } from "./rappel-base.ts";
import type { RappelProps } from "./rappel-props.ts";
import { readProps } from "./read-props.ts";

/** What an app knows of a Rappel that is deployed elsewhere. */
export interface RappelAttributes {
  /** The API's base URL, such as `Rappel.apiUrl` of the other app. */
  readonly apiUrl: string;
  /**
   * `Rappel.metricNamespace` of the other app.
   * @default none: then no metric can be used
   */
  readonly metricNamespace?: string;
}

const NAME_LENGTH = 128; // ours: a dashboard's name has at most 255, with its region

/**
 * The whole service in any stack: API, functions, table, queues, alarms and dashboards. An app, and a stack too, can have
 * several.
 *
 * ```ts
 * const webhooks = new Rappel(this, "Webhooks", { alarmEmail: "ops@example.com" });
 * new CfnOutput(this, "Url", { value: webhooks.apiUrl });
 * ```
 */
export class Rappel extends RappelBase {
  /** The API's base URL, without a slash at its end: that of the custom domain, if there is one. */
  readonly apiUrl: string;
  /** The namespace of its metrics. */
  readonly metricNamespace: string;
  /** The HTTP API. */
  readonly httpApi: HttpApi;
  /** The target of the DNS record, if there is a custom domain. */
  readonly domainName: IDomainName | undefined;
  /** Everything that is kept. Its content is no interface: use the API. */
  readonly table: TableV2;
  /** Accepted events, until their first attempt. Its messages are no interface: use the API. */
  readonly eventsQueue: IQueue;
  /** Events that could not be processed. They are sent again every minute. */
  readonly eventsDeadLetters: IQueue;
  /** Protects the secrets of endpoints. */
  readonly sealingKey: IKey;
  /** Where alarms publish. */
  readonly alarmTopic: ITopic;
  /** All alarms. Each description says the impact and the first step. */
  readonly alarms: readonly Alarm[];
  /** The dashboard to open first. */
  readonly dashboard: Dashboard;
  /** The dashboard of failed deliveries. */
  readonly retryDashboard: Dashboard;

  /**
   * A Rappel of another app or stack, for its URL and metrics.
   * @throws {Error} when a metric is used, if `metricNamespace` is missing
   */
  static fromAttributes(scope: Construct, id: string, attributes: RappelAttributes): IRappel {
    return new ImportedRappel(scope, id, attributes);
  }

  /** @throws {Error} if a prop is invalid; it names the prop, and says what is allowed */
  constructor(scope: Construct, id: string, props: RappelProps = {}) {
    super(scope, id);
    const { settings, domain, alarmTopic, metricNamespace } = readProps(props, this.node.path);
    const name = Names.uniqueResourceName(this, { maxLength: NAME_LENGTH, separator: "-" });
    const code = new CodeFolder(bundlesFolder(), settings.consoleBranding);
    this.metricNamespace = metricNamespace ?? `Rappel/${name}`;
    const { state, api, observability } = addParts(this, {
      settings,
      name,
      code,
      metricNamespace: this.metricNamespace,
      domain,
      alarmTopic,
    });

    this.apiUrl = api.url;
    this.httpApi = api.httpApi;
    this.domainName = api.domainName;
    this.table = state.table;
    this.eventsQueue = state.eventsQueue;
    this.eventsDeadLetters = state.eventsDeadLetters;
    this.sealingKey = state.sealingKey;
    this.alarmTopic = observability.topic;
    this.alarms = observability.alarms;
    this.dashboard = observability.dashboard;
    this.retryDashboard = observability.retryDashboard;
  }
}

class ImportedRappel extends RappelBase {
  readonly apiUrl: string;
  readonly #namespace: string | undefined;

  constructor(scope: Construct, id: string, { apiUrl, metricNamespace }: RappelAttributes) {
    super(scope, id);
    this.apiUrl = apiUrl;
    this.#namespace = metricNamespace;
  }

  get metricNamespace(): string {
    if (this.#namespace === undefined)
      throw new Error(`Cannot use metrics of Rappel ${this.node.path}: give metricNamespace to Rappel.fromAttributes`);
    return this.#namespace;
  }
}
