/** Checks values against the part of JSON Schema that the description of the API uses. Properties that it does not name are wrong, too. */

type Json = Readonly<Record<string, unknown>>;

/** What is wrong with a value, with the places; empty when nothing is. @param root what `#/` stands for. */
export function faultsOf(value: unknown, schema: unknown, root: unknown, place = "$"): string[] {
  if (!isObject(schema)) return schema === true ? [] : [`${place}: nothing may stand here`];
  const reference = schema["$ref"];
  if (typeof reference === "string") return faultsOf(value, resolve(reference, root), root, place);
  return [
    ...ofAlternatives(value, schema, root, place),
    ...ofType(value, schema, place),
    ...ofNumber(value, schema, place),
    ...ofParts(value, schema, root, place),
  ];
}

function resolve(reference: string, root: unknown): unknown {
  return reference
    .replace(/^#\//, "")
    .split("/")
    .reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), root);
}

function ofAlternatives(value: unknown, schema: Json, root: unknown, place: string): string[] {
  const alternatives = schema["anyOf"] ?? schema["oneOf"];
  if (!Array.isArray(alternatives)) return [];
  const all = alternatives.map((one: unknown) => faultsOf(value, one, root, place));
  return all.some((faults) => faults.length === 0)
    ? []
    : [`${place}: none of its alternatives: ${all.flat().join("; ")}`];
}

function ofType(value: unknown, { type, enum: words, const: only }: Json, place: string): string[] {
  const faults: string[] = [];
  if (typeof type === "string" && !isOfType(value, type))
    faults.push(`${place}: is no ${type}: ${JSON.stringify(value)}`);
  if (Array.isArray(words) && !words.includes(value)) faults.push(`${place}: is none of ${words.join(", ")}`);
  if (only !== undefined && value !== only) faults.push(`${place}: is not ${JSON.stringify(only)}`);
  return faults;
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case "integer":
      return Number.isInteger(value);
    case "array":
      return Array.isArray(value);
    case "object":
      return isObject(value);
    case "null":
      return value === null;
    default:
      return typeof value === type;
  }
}

function ofNumber(value: unknown, { minimum, maximum, maxLength, maxItems, minItems }: Json, place: string): string[] {
  const faults: string[] = [];
  if (typeof value === "number" && typeof minimum === "number" && value < minimum) faults.push(`${place}: too small`);
  if (typeof value === "number" && typeof maximum === "number" && value > maximum) faults.push(`${place}: too large`);
  if (typeof value === "string" && typeof maxLength === "number" && value.length > maxLength)
    faults.push(`${place}: long`);
  if (Array.isArray(value) && typeof maxItems === "number" && value.length > maxItems)
    faults.push(`${place}: too many`);
  if (Array.isArray(value) && typeof minItems === "number" && value.length < minItems) faults.push(`${place}: too few`);
  return faults;
}

function ofParts(value: unknown, schema: Json, root: unknown, place: string): string[] {
  const { items, prefixItems, properties, required, additionalProperties } = schema;
  if (Array.isArray(value)) {
    const schemas = Array.isArray(prefixItems) ? prefixItems : value.map(() => items ?? true);
    return value.flatMap((one: unknown, at) => faultsOf(one, schemas[at] ?? true, root, `${place}[${at}]`));
  }
  if (!isObject(value) || !isObject(properties)) return [];
  const missing = (Array.isArray(required) ? required : []).filter((name) => !(String(name) in value));
  return [
    ...missing.map((name) => `${place}: has no ${String(name)}`),
    ...Object.entries(value).flatMap(([name, one]) => {
      const known = properties[name];
      if (known !== undefined) return faultsOf(one, known, root, `${place}.${name}`);
      const isOpen = additionalProperties !== undefined && additionalProperties !== false;
      return isOpen ? [] : [`${place}: nobody has said that there is ${name}`];
    }),
  ];
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
