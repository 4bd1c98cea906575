import { type IMetric, MathExpression, type MetricOptions, Stats } from "aws-cdk-lib/aws-cloudwatch";
import { Duration } from "aws-cdk-lib/core";
import { Construct, type IConstruct } from "constructs";
import { ownMetrics } from "../observability/metrics.ts";

/** A Rappel of this app or of another. */
export interface IRappel extends IConstruct {
  /** The API's base URL, without a slash at its end. */
  readonly apiUrl: string;
  /** The namespace of its metrics. */
  readonly metricNamespace: string;
  /** Accepted events. */
  metricAccepted(options?: MetricOptions): IMetric;
  /** Successful deliveries, at the first attempt or later. */
  metricDelivered(options?: MetricOptions): IMetric;
  /** Deliveries that failed at the first attempt and wait in a backlog. */
  metricPending(options?: MetricOptions): IMetric;
  /** Deliveries that failed at the last attempt of their schedule. */
  metricExhausted(options?: MetricOptions): IMetric;
  /** Endpoints that were suspended. */
  metricEndpointsSuspended(options?: MetricOptions): IMetric;
  /** From an event's acceptance to the start of its first attempt, in milliseconds. Default statistic: p99. */
  metricAcceptToFirstAttempt(options?: MetricOptions): IMetric;
}

/** The metrics, which need the namespace alone. */
export abstract class RappelBase extends Construct implements IRappel {
  abstract readonly apiUrl: string;
  abstract readonly metricNamespace: string;

  metricAccepted(options?: MetricOptions): IMetric {
    return this.#sum("EventsAccepted", "accept", options);
  }

  metricDelivered(options: MetricOptions = {}): IMetric {
    return this.#both("DeliveriesDelivered", "delivered", options);
  }

  metricPending(options?: MetricOptions): IMetric {
    return this.#sum("DeliveriesPending", "dispatch", options);
  }

  metricExhausted(options?: MetricOptions): IMetric {
    return this.#sum("DeliveriesExhausted", "wake", options);
  }

  metricEndpointsSuspended(options: MetricOptions = {}): IMetric {
    return this.#both("EndpointsSuspended", "endpoints suspended", options);
  }

  metricAcceptToFirstAttempt(options?: MetricOptions): IMetric {
    return this.#own("AcceptToFirstAttempt", "dispatch", { statistic: Stats.p(99), ...options });
  }

  get #own() {
    return ownMetrics(this.metricNamespace);
  }

  #sum(
    name: "EventsAccepted" | "DeliveriesPending" | "DeliveriesExhausted",
    by: "accept" | "dispatch" | "wake",
    options?: MetricOptions,
  ): IMetric {
    return this.#own(name, by, { statistic: Stats.SUM, ...options });
  }

  /** What dispatch counts at first attempts and wake at later ones, together. */
  #both(name: "DeliveriesDelivered" | "EndpointsSuspended", label: string, options: MetricOptions): IMetric {
    const { period = Duration.minutes(5), statistic = Stats.SUM, ...shown } = options;
    const by = (service: "dispatch" | "wake") => this.#own(name, service, { statistic, period });
    return new MathExpression({
      label,
      ...shown,
      expression: "SUM(METRICS())",
      usingMetrics: { first: by("dispatch"), later: by("wake") },
      period,
    });
  }
}
