import { RemovalPolicy, Token } from "aws-cdk-lib/core";
import * as z from "zod";
import {
  ENOUGH_CONCURRENCY,
  explainIssue,
  matching,
  SERVICE_FIELDS,
  type ServiceSettings,
} from "../service-settings.ts";
import type { RappelProps } from "./rappel-props.ts";

const REMOVAL: Readonly<Record<string, ServiceSettings["stateRemoval"]>> = {
  [RemovalPolicy.RETAIN]: "retain",
  [RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE]: "retain",
  [RemovalPolicy.DESTROY]: "destroy",
};
const { allowLoopback: _, logRetentionDays, stateRemoval: __, consoleBranding, ...sameFields } = SERVICE_FIELDS;
const HOST_NAME = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

/** A construct of the CDK, which its own types check. */
const aConstruct = <T>(error: string) => z.custom<T>((value) => typeof value === "object" && value !== null, { error });

const Props = z
  .strictObject({
    ...sameFields,
    httpsOnly: sameFields.httpsOnly.default(true),
    throttling: sameFields.throttling.default({ rate: 1000, burst: 2000, routes: {} }),
    consoleBranding: z
      .strictObject(
        {
          ...consoleBranding.unwrap().shape,
          logo: matching(/\.(svg|png)$/, "the path of an SVG or PNG file").optional(),
        },
        { error: "an object with name, accent and logo" },
      )
      .default({}),
    logRetention: logRetentionDays.default(90),
    removalPolicy: z
      .enum(Object.keys(REMOVAL), { error: "RemovalPolicy.RETAIN or RemovalPolicy.DESTROY" })
      .default(RemovalPolicy.RETAIN),
    domain: z
      .strictObject(
        {
          name: matching(HOST_NAME, "a host name such as hooks.example.com"),
          certificate: aConstruct<NonNullable<RappelProps["domain"]>["certificate"]>("a certificate in ACM"),
        },
        { error: "an object with name and certificate" },
      )
      .optional(),
    alarmTopic: aConstruct<NonNullable<RappelProps["alarmTopic"]>>("an SNS topic").optional(),
    metricNamespace: matching(/^[\w.\-/#]{1,255}$/, "1 to 255 of A-Z a-z 0-9 . - _ / #")
      .refine((text) => !text.startsWith("AWS/"), { error: "a namespace that does not begin with AWS/" })
      .optional(),
  })
  .refine(({ alarmTopic, alarmEmail }) => alarmTopic === undefined || alarmEmail === undefined, {
    path: ["alarmEmail"],
    error: "no address together with alarmTopic: subscribe it to that topic",
  });

/** The names of all props. */
export const PROPS: readonly string[] = Object.keys(Props.shape);

/** What the props say. */
export interface ReadProps extends Pick<RappelProps, "domain" | "alarmTopic" | "metricNamespace"> {
  readonly settings: ServiceSettings;
}

/**
 * @param path of the construct, for messages
 * @throws {Error} naming each invalid prop: the value, and what is allowed
 */
export function readProps(props: RappelProps, path: string): ReadProps {
  const refuse = (issues: readonly z.core.$ZodIssue[]) =>
    new Error(
      `Cannot create Rappel ${path}:\n${issues.map((issue) => `  ${explainIssue(issue, props, "prop")}`).join("\n")}`,
    );
  const unresolved = Object.entries(props).filter(([, value]) => Token.isUnresolved(value));
  if (unresolved.length > 0) {
    const names = unresolved.map(([name]) => name).join(", ");
    throw new Error(`Cannot create Rappel ${path}: ${names}: got a token, need a value that is known at synthesis`);
  }
  const parsed = Props.safeParse(props);
  if (!parsed.success) throw refuse(parsed.error.issues);
  const { domain, alarmTopic, metricNamespace, logRetention, removalPolicy, ...same } = parsed.data;
  const settings: ServiceSettings = {
    ...same,
    allowLoopback: false, // in Lambda, the runtime API listens there
    logRetentionDays: logRetention,
    stateRemoval: REMOVAL[removalPolicy] ?? "retain",
  };
  if (!ENOUGH_CONCURRENCY.check(settings)) {
    const { path: where, error } = ENOUGH_CONCURRENCY.problem;
    throw refuse([{ code: "custom", path: where, message: error }]);
  }
  return {
    settings,
    ...(domain !== undefined && { domain }),
    ...(alarmTopic !== undefined && { alarmTopic }),
    ...(metricNamespace !== undefined && { metricNamespace }),
  };
}
