import * as z from "zod";

/** An attribute as DynamoDB's JSON writes it: one type, one value. */
const Attribute = z.record(z.string(), z.unknown());
const Attributes = z.record(z.string(), Attribute);

/**
 * The size of an item by DynamoDB's rules, which determine its capacity units.
 * Source: "DynamoDB item sizes and formats", Developer Guide. It also has numbers at "approximately" half their digits.
 */
export function itemBytes(item: unknown): number {
  const entries = Object.entries(Attributes.parse(item));
  return entries.reduce((sum, [name, attribute]) => sum + Buffer.byteLength(name) + attributeBytes(attribute), 0);
}

function attributeBytes(attribute: z.infer<typeof Attribute>): number {
  const [type, value] = Object.entries(attribute)[0] ?? [];
  if (type === "S") return Buffer.byteLength(String(value));
  if (type === "N") return Math.ceil(String(value).replace(/\D/g, "").length / 2) + 1;
  if (type === "B") return Buffer.byteLength(String(value), "base64");
  if (type === "M") return 3 + Object.keys(Attributes.parse(value)).length + itemBytes(value);
  if (type === "L")
    return z
      .array(Attribute)
      .parse(value)
      .reduce((sum, one) => sum + 1 + attributeBytes(one), 3);
  if (type === "SS" || type === "NS" || type === "BS") {
    const member = type[0] ?? "S";
    return z
      .array(z.string())
      .parse(value)
      .reduce((sum, one) => sum + attributeBytes({ [member]: one }), 0);
  }
  return 1; // BOOL and NULL
}
