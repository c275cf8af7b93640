import { configSchema, type JsonSchema, signerSchemas } from "./config-schema.ts";

/** `docs/reference/config.md`: every key of the config with its type, from the schema that editors read. */
export function configPage(): string {
  const schema = configSchema();
  const kinds = at(schema, "identities")["additionalProperties"] as { readonly oneOf: readonly JsonSchema[] };
  const profile = at(schema, "profiles")["additionalProperties"] as JsonSchema;
  return [
    "# Config",
    "",
    "JSON with comments, at `$BREVET_CONFIG`, else `~/.config/brevet/config.json` (Windows: `%APPDATA%\\brevet\\config.json`).",
    "Unknown keys are refused with the nearest one there is. `config.schema.json` beside this page describes it to editors.",
    "",
    "## identities.NAME",
    "",
    ...kinds.oneOf.flatMap((kind) => [`### kind: ${String(at(kind, "kind")["const"])}`, "", ...keys(kind), ""]),
    ...Object.entries(signerSchemas()).flatMap(([kind, schema]) => [`### signer of kind: ${kind}`, "", ...keys(schema), ""]),
    "## profiles.NAME",
    "",
    ...keys(profile),
    "",
    ...Object.entries(profile.properties ?? {})
      .filter(([, schema]) => schema.properties !== undefined)
      .flatMap(([name, schema]) => [`### profiles.NAME.${name}`, "", ...keys(schema), ""]),
    "## store",
    "",
    ...keys(at(schema, "store")),
    "",
  ].join("\n");
}

function at(schema: JsonSchema, name: string): JsonSchema {
  const property = schema.properties?.[name];
  if (property === undefined) throw new Error(`the schema has no ${name}`);
  return property;
}

function keys(schema: JsonSchema): readonly string[] {
  const rows = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const needed = schema.required?.includes(name) ? "yes" : "";
    return `| \`${name}\` | ${typeOf(property)} | ${needed} | ${(property.description ?? "").replaceAll("|", "\\|")} |`;
  });
  return ["| key | type | needed | |", "|---|---|---|---|", ...rows];
}

function typeOf(schema: JsonSchema): string {
  const choices = (schema["enum"] ?? (schema["const"] === undefined ? undefined : [schema["const"]])) as
    | readonly unknown[]
    | undefined;
  if (choices !== undefined) return choices.map((choice) => `\`${JSON.stringify(choice)}\``).join(", ");
  const either = (schema["anyOf"] ?? schema["oneOf"]) as readonly JsonSchema[] | undefined;
  if (either !== undefined && schema.properties === undefined) return [...new Set(either.map(typeOf))].join(" or ");
  if (schema["type"] === "array") return `list of ${typeOf(schema["items"] as JsonSchema)}`;
  return schema.properties === undefined ? String(schema["type"] ?? "anything") : "object, below";
}
