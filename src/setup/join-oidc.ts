import { requireName } from "../wire/brevet-config/require-name.ts";
import type { Plan } from "./plan.ts";
import { entryStep } from "./planned-step.ts";
import type { Present } from "./provisioner.ts";

/** What `setup oidc` was told or found out about a provider. */
export interface JoinOidcInput {
  /** The name of the identity. */
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  /** Further options of the identity, as the config has them. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** What is there now. */
export interface JoinOidcPresent {
  readonly brevetConfigFile: string;
  readonly identity: Present;
}

/**
 * The plan that adds an identity at an OpenID provider to brevet's config, or brings it up to date.
 *
 * @throws {Fault} `NAME_INVALID`; `PLAN_CONFLICT` when somebody else's identity has that name.
 */
export function planJoinOidc({ name, issuer, clientId, options }: JoinOidcInput, present: JoinOidcPresent): Plan {
  requireName(name, "identity");
  const { brevetConfigFile: file, identity } = present;
  const wanted = {
    id: "brevet-identity",
    kind: "brevet-identity",
    address: { file, identity: name },
    what: `the identity ${name} in ${file}`,
    after: JSON.stringify({ kind: "oidc", issuer, clientId, ...options }, null, 2),
  };
  const step = entryStep(wanted, identity, "give another name by `--identity NAME`, or edit it yourself");
  return { id: `oidc-${name}`, title: `people sign in at ${issuer} as the identity ${name}`, steps: [step] };
}
