import { Fault } from "../core/fault.ts";
import { NAME_PATTERN } from "../wire/brevet-config/config.ts";
import { effectOf, type Plan } from "./plan.ts";
import type { Present } from "./provisioner.ts";

/** What `setup oidc` was told or found out about a provider. */
export interface JoinOidcInput {
  /** The name of the identity. */
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  /** Options of the identity beside these, as the config has them. */
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
  if (!NAME_PATTERN.test(name)) {
    throw new Fault("NAME_INVALID", `"${name}" cannot be the name of an identity`, {
      hints: ["use up to 64 letters, digits, dots, dashes and underscores"],
    });
  }
  const { state: before, owner } = present.identity;
  const after = JSON.stringify({ kind: "oidc", issuer, clientId, ...options }, null, 2);
  if (before !== null && before !== after && owner !== "ours") {
    throw new Fault("PLAN_CONFLICT", `the identity ${name} is there already, with other options`, {
      hints: ["give another name by `--identity NAME`, or edit it yourself"],
      details: { identity: name },
    });
  }
  const verb = { create: "add", change: "change", keep: "keep", remove: "remove" }[effectOf({ before, after })];
  const step = {
    id: "brevet-identity",
    kind: "brevet-identity",
    address: { file: present.brevetConfigFile, identity: name },
    does: `${verb} the identity ${name} in ${present.brevetConfigFile}`,
    owner,
    before,
    after,
  };
  return { id: `oidc-${name}`, title: `people sign in at ${issuer} as the identity ${name}`, steps: [step] };
}
