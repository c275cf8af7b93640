import { Fault } from "../core/fault.ts";
import type { Config, IdentityEntry } from "../wire/brevet-config/config.ts";
import { namedHints, selectIdentity } from "./select.ts";

/**
 * The identity at a login server that is meant: the one named, else the only one.
 *
 * @throws {Fault} `IDENTITY_UNKNOWN`, `IDENTITY_AMBIGUOUS`, `CONFIG_ABSENT`; `USAGE_INVALID` for one that is at no login server.
 */
export function selectServer(config: Config, named: string | undefined): IdentityEntry {
  const there = [...config.identities.values()].filter(({ kind }) => kind === "server");
  if (named !== undefined) {
    const entry = selectIdentity(config, named);
    if (entry.kind === "server") return entry;
    throw new Fault("USAGE_INVALID", `the identity ${named} is of kind ${entry.kind}, and at no login server`, {
      hints: there.map(({ name }) => `say \`--identity ${name}\``),
    });
  }
  const [only, ...others] = there;
  if (only !== undefined && others.length === 0) return only;
  if (only === undefined) {
    throw new Fault("CONFIG_ABSENT", "there is no identity at a login server yet", {
      hints: ["sign in at yours: `brevet login https://id.example.com`"],
    });
  }
  throw new Fault("IDENTITY_AMBIGUOUS", "there are identities at several login servers and none was named", {
    hints: namedHints(there.map(({ name }) => name)),
  });
}
