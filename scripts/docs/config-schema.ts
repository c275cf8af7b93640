import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { toJsonSchema } from "@valibot/to-json-schema";
import { awsOptionsSchema } from "../../src/exchanges/aws/options.ts";
import { awsTokenOptionsSchema } from "../../src/exchanges/aws/web-identity-token.ts";
import { azureOptionsSchema } from "../../src/exchanges/azure/options.ts";
import { gcpOptionsSchema } from "../../src/exchanges/gcp/options.ts";
import { oauthOptionsSchema } from "../../src/exchanges/oauth/options.ts";
import { ambientOptionsSchema } from "../../src/identities/ambient/options.ts";
import { deviceOptionsSchema } from "../../src/identities/device/options.ts";
import { oidcOptionsSchema } from "../../src/identities/oidc/options.ts";
import { serverOptionsSchema } from "../../src/identities/server/options.ts";
import { commandOptionsSchema } from "../../src/signers/command/options.ts";
import { pkcs11OptionsSchema } from "../../src/signers/pkcs11/options.ts";
import { secureEnclaveOptionsSchema } from "../../src/signers/secure-enclave/options.ts";
import { tpm2OptionsSchema } from "../../src/signers/tpm2/options.ts";
import { GUARD_NAMES, NAME_PATTERN } from "../../src/wire/brevet-config/config.ts";
import type { OptionsSchema } from "../../src/wire/brevet-config/parse-options.ts";

/** The options of each kind, by the word that the config has for it: one line for each kind that is added. */
const IDENTITY_OPTIONS = every("identities", {
  device: deviceOptionsSchema,
  oidc: oidcOptionsSchema,
  server: serverOptionsSchema,
  ambient: ambientOptionsSchema,
});
const SIGNER_OPTIONS = every("signers", {
  tpm2: tpm2OptionsSchema,
  pkcs11: pkcs11OptionsSchema,
  "secure-enclave": secureEnclaveOptionsSchema,
  command: commandOptionsSchema,
});
const EXCHANGE_OPTIONS = every("exchanges", {
  aws: awsOptionsSchema,
  gcp: gcpOptionsSchema,
  azure: azureOptionsSchema,
  awsToken: awsTokenOptionsSchema,
  oauth: oauthOptionsSchema,
});

/** The same, unless a kind that checks options was left out. */
function every(family: string, options: Readonly<Record<string, OptionsSchema>>): Readonly<Record<string, OptionsSchema>> {
  for (const kind of readdirSync(join("src", family))) {
    const source = join("src", family, kind, "options.ts");
    const hasOptions = existsSync(source) && /export const \w+OptionsSchema/.test(readFileSync(source, "utf8"));
    if (hasOptions && !Object.hasOwn(options, kind))
      throw new Error(`${source} exports a schema: give it a line in scripts/docs/config-schema.ts`);
  }
  return options;
}

/** The part of JSON Schema that is used here. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

/** The JSON Schema (draft 7) of `config.json`, which editors find by its `$schema`. */
export function configSchema(): JsonSchema {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "brevet's config",
    type: "object",
    additionalProperties: false,
    properties: {
      $schema: { type: "string", description: "Where an editor finds this schema." },
      identities: {
        type: "object",
        description: "Who you are, by a name of your choice.",
        propertyNames: { pattern: NAME_PATTERN.source },
        additionalProperties: { oneOf: Object.entries(IDENTITY_OPTIONS).map(([kind, options]) => identitySchema(kind, options)) },
      },
      profiles: {
        type: "object",
        description: "What you want to be, by a name of your choice.",
        propertyNames: { pattern: NAME_PATTERN.source },
        additionalProperties: profileSchema(),
      },
      store: storeSchema(),
    },
  };
}

/** The options of a kind as a schema of their own. */
export function optionsSchema(options: OptionsSchema): JsonSchema {
  const { $schema: _, ...schema } = toJsonSchema(options) as unknown as JsonSchema;
  return schema;
}

function identitySchema(kind: string, options: OptionsSchema): JsonSchema {
  const schema = withSigners(optionsSchema(options));
  return {
    ...schema,
    properties: { kind: { const: kind, description: "The kind of identity." }, ...schema.properties },
    required: ["kind", ...(schema.required ?? [])],
  };
}

/** Each kind of signer that has options, as the object that an identity may have in place of the kind's name. */
export function signerSchemas(): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(
    Object.entries(SIGNER_OPTIONS).map(([kind, options]) => {
      const schema = optionsSchema(options);
      const properties = { kind: { const: kind, description: "The kind of signer." }, ...schema.properties };
      return [kind, { ...schema, properties, required: ["kind", ...(schema.required ?? [])] }];
    }),
  );
}

/** A device's signer: a name, or what the schemas of the kinds say; those without options may stand as an object too. */
function withSigners(schema: JsonSchema): JsonSchema {
  const { signer } = schema.properties ?? {};
  if (signer === undefined) return schema;
  const kinds = signerSchemas();
  const others = { not: { properties: { kind: { enum: Object.keys(kinds) } } } };
  const named = (signer["anyOf"] as readonly JsonSchema[]).map((form) =>
    form["type"] === "object" ? { ...form, ...others } : form,
  );
  return { ...schema, properties: { ...schema.properties, signer: { ...signer, anyOf: [...named, ...Object.values(kinds)] } } };
}

function profileSchema(): JsonSchema {
  const exchanges = Object.entries(EXCHANGE_OPTIONS).map(([name, options]) => [name, optionsSchema(options)] as const);
  return {
    type: "object",
    additionalProperties: false,
    properties: {
      identity: { type: "string", description: "The identity that proves it, by its name. Default: the only one there is." },
      via: { type: "string", description: "Instead of an identity: the profile whose credentials lead to these." },
      interactive: {
        enum: ["auto", "always", "never"],
        description: "Whether brevet may ask a person. Default: `auto`, if a terminal is there and CI is not.",
      },
      ...Object.fromEntries(exchanges),
    },
    oneOf: exchanges.map(([name]) => ({ required: [name] })),
    not: { required: ["identity", "via"] },
  };
}

function storeSchema(): JsonSchema {
  return {
    type: "object",
    description: "What lives between runs.",
    additionalProperties: false,
    properties: {
      guard: { enum: GUARD_NAMES, description: "What guards the key of the store. Default: the keychain." },
      runKey: {
        type: "boolean",
        description: "Whether the key of cached credentials may stay in memory until logout. Default: `true`.",
      },
    },
  };
}
