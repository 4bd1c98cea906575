import { LOCAL } from "../engines/aws-clients.ts";
import type { Assembly, Template } from "./assembly.ts";

/** A resource of a template, and its stack. */
export interface Resource {
  readonly stack: string;
  readonly id: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The value of `Ref` (no attribute) or `Fn::GetAtt` of a resource here; `undefined` if it has none. */
export type Attributes = (resource: Resource, attribute?: string) => string | undefined;

/** All resources of an assembly, and the values of their intrinsic functions. */
export interface Resources {
  readonly all: readonly Resource[];
  /** @throws {Error} if an intrinsic function cannot be resolved: a guess could differ from what AWS does */
  resolve(stack: string, value: unknown): unknown;
}

/** Reads the resources of an assembly's templates, across its stacks. */
export function readResources({ templates }: Assembly, attributes: Attributes): Resources {
  const all: Resource[] = [];
  for (const [stack, template] of templates) {
    for (const [id, { Type, Properties }] of Object.entries(template.Resources)) {
      all.push({ stack, id, type: Type, properties: Properties });
    }
  }

  const templateOf = (stack: string): Template => {
    const template = templates.get(stack);
    if (!template) throw new Error(`Cannot find the stack ${stack}`);
    return template;
  };

  const attributeOf = (stack: string, id: string, attribute?: string): unknown => {
    const pseudo = attribute === undefined ? pseudoParameter(stack, id) : undefined;
    if (pseudo !== undefined) return pseudo;
    const resource = all.find((candidate) => candidate.stack === stack && candidate.id === id);
    if (!resource) {
      const parameter = templateOf(stack).Parameters[id];
      if (!parameter) throw new Error(`Cannot find ${id} in the stack ${stack}`);
      return parameter.Default;
    }
    return attributes(resource, attribute) ?? (attribute === undefined ? id : `${id}.${attribute}`);
  };

  const exported = (name: unknown): unknown => {
    for (const [stack, { Outputs }] of templates) {
      for (const output of Object.values(Outputs)) {
        if (output.Export && resolve(stack, output.Export.Name) === name) return resolve(stack, output.Value);
      }
    }
    throw new Error(`Cannot find the export ${String(name)}`);
  };

  const call = (stack: string, name: string, argument: unknown): unknown => {
    if (name === "Ref") return attributeOf(stack, String(argument));
    if (name === "Fn::GetAtt") {
      const [id, ...path] = Array.isArray(argument) ? argument.map(String) : String(argument).split(".");
      return attributeOf(stack, id ?? "", path.join("."));
    }
    if (name === "Fn::ImportValue") return exported(resolve(stack, argument));
    if (name === "Fn::Join" && Array.isArray(argument)) {
      const parts = resolve(stack, argument[1]);
      return Array.isArray(parts) ? parts.join(String(argument[0])) : parts;
    }
    if (name === "Fn::Select" && Array.isArray(argument)) {
      const list = resolve(stack, argument[1]);
      return Array.isArray(list) ? list[Number(resolve(stack, argument[0]))] : undefined;
    }
    if (name === "Fn::Split" && Array.isArray(argument)) {
      return String(resolve(stack, argument[1])).split(String(argument[0]));
    }
    if (name === "Fn::Sub") {
      const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
      const names = resolve(stack, variables);
      return String(text).replace(/\$\{(!?)([^}]+)\}/g, (_whole, literal: string, key: string) => {
        if (literal) return `\${${key}}`;
        if (isRecord(names) && key in names) return String(names[key]);
        const [id, ...path] = key.split(".");
        return String(attributeOf(stack, id ?? "", path.length > 0 ? path.join(".") : undefined));
      });
    }
    throw new Error(`Cannot resolve ${name} in the stack ${stack}: the emulator does not support it`);
  };

  const resolve = (stack: string, value: unknown): unknown => {
    if (Array.isArray(value)) return value.map((item) => resolve(stack, item));
    if (!isRecord(value)) return value;
    const [only, ...others] = Object.entries(value);
    if (only && others.length === 0 && (only[0] === "Ref" || only[0].startsWith("Fn::"))) return call(stack, ...only);
    const present = Object.entries(value).filter(([, item]) => !(isRecord(item) && item["Ref"] === "AWS::NoValue"));
    return Object.fromEntries(present.map(([key, item]) => [key, resolve(stack, item)]));
  };

  return { all, resolve };
}

function pseudoParameter(stack: string, name: string): string | undefined {
  const values: Record<string, string> = {
    "AWS::AccountId": LOCAL.account,
    "AWS::Partition": "aws",
    "AWS::Region": LOCAL.region,
    "AWS::StackId": `arn:aws:cloudformation:${LOCAL.region}:${LOCAL.account}:stack/${stack}/local`,
    "AWS::StackName": stack,
    "AWS::URLSuffix": "amazonaws.com",
  };
  return values[name];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
