import { Fault } from "../core/fault.ts";
import type { ResolveRule } from "../platform/http/engine.ts";
import type { FlagValues } from "./command.ts";
import type { HttpReach } from "./composition.ts";

/** The flags of commands that fetch what an issuer serves, which may not be public yet. */
export const reachFlags = {
  resolve: {
    kind: "texts",
    value: "HOST=ADDRESS:PORT",
    doc: "go there instead of where DNS says, and ask for HOST's certificate: for a server that is not public yet",
  },
  "ca-file": { kind: "text", value: "FILE", doc: "a certificate authority to trust for this, PEM" },
} as const;

/** @throws {Fault} `USAGE_INVALID` for a rule that cannot be read. */
export function reachOf(flags: FlagValues<typeof reachFlags>): HttpReach {
  return { resolve: flags.resolve.map(parseRule), caFile: flags["ca-file"] ?? null };
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
