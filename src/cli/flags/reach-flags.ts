import { Fault } from "../../core/fault.ts";
import type { ResolveRule } from "../../platform/http/engine.ts";
import type { Context, FlagValues } from "../command.ts";
import type { HttpReach } from "../composition.ts";

/** The flags of commands that fetch what an issuer serves, which may not be public yet. */
export const reachFlags = {
  resolve: {
    kind: "texts",
    value: "HOST=ADDRESS:PORT",
    doc: "go there instead of where DNS says, and ask for HOST's certificate: for a server that is not public yet",
  },
  "ca-file": { kind: "text", value: "FILE", doc: "a certificate authority to trust for this, PEM" },
} as const;

/** More rules of the same form, between spaces: what `brevet sandbox env` says of the issuers that it stands for. */
const VARIABLE = "BREVET_RESOLVE";

/** A flag goes before the variable. @throws {Fault} `USAGE_INVALID` for a rule that cannot be read. */
export function reachOf(
  flags: FlagValues<typeof reachFlags>,
  { environment, terminal }: Pick<Context, "environment" | "terminal">,
): HttpReach {
  const named = environment[VARIABLE]?.match(/\S+/g) ?? [];
  // Else what only this machine serves would look as if it were public.
  if (named.length > 0) terminal.say(`as ${VARIABLE} says, not where DNS says: ${named.join(", ")}`);
  return { resolve: [...flags.resolve, ...named].map(parseRule), caFile: flags["ca-file"] ?? null };
}

/** `id.example.com=127.0.0.1:8443`; an IPv6 address stands in brackets. */
function parseRule(text: string): ResolveRule {
  const [, host, address, addressPort] = /^([a-z0-9.-]+)=([0-9.]+|\[[0-9a-f:.]+\]):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || address === undefined || Number(addressPort) > 65_535) {
    throw new Fault("USAGE_INVALID", `"${text}" does not say where a host is`, {
      hints: ["write it as `--resolve id.example.com=127.0.0.1:8443`"],
    });
  }
  return { host, port: 443, address: address.replace(/^\[|\]$/g, ""), addressPort: Number(addressPort) };
}
