import type { JsonObject } from "../core/json-object.ts";
import { requireName } from "../wire/brevet-config/require-name.ts";
import { configStep, type PresentEntry } from "./config-entry.ts";
import type { Plan } from "./plan.ts";

/** What `setup oidc` was told or found out about a provider. */
export interface JoinOidcInput {
  /** The name of the identity. */
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  /** Further options of the identity, as the config has them. */
  readonly options: JsonObject;
}

/** What is there now. */
export interface JoinOidcPresent {
  readonly brevetConfigFile: string;
  readonly identity: PresentEntry;
}

/**
 * The plan that adds an identity at an OpenID provider to brevet's config, or brings it up to date.
 *
 * @throws {Fault} `NAME_INVALID`; `PLAN_CONFLICT` when somebody else's identity has that name.
 */
export function planJoinOidc({ name, issuer, clientId, options }: JoinOidcInput, present: JoinOidcPresent): Plan {
  requireName(name, "identity");
  const id = `oidc-${name}`;
  const entry = { noun: "identity", name, value: { kind: "oidc", issuer, clientId, ...options } } as const;
  const step = configStep(id, present.brevetConfigFile, entry, present.identity);
  return { id, title: `people sign in at ${issuer} as the identity ${name}`, steps: [step] };
}
