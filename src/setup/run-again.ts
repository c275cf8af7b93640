import { accountIdOf, poolIdOf } from "./gcp/trust-names.ts";
import type { PlanRecord } from "./record.ts";

/**
 * What to type so that a setup is made again as it was, for the identity of that name: its command as far as the record tells it, else
 * the command without its flags.
 */
export function commandOf(record: PlanRecord, identity: string): string {
  const [, cloud = "", profile = ""] = /^([a-z]+)-(.*)$/.exec(record.id) ?? [];
  if (cloud !== "gcp") return `brevet setup ${cloud} …`;
  const steps = record.steps.map(({ step }) => step);
  const provider = steps.find(({ kind }) => kind === "gcp-provider");
  if (provider === undefined) return "brevet setup gcp …";
  const { project = "", pool = "", provider: providerId = "", owner = "" } = provider.address;
  const state = JSON.parse(provider.after ?? "{}") as {
    readonly keys?: string;
    readonly allowedAudiences?: readonly string[];
  };
  const roles = steps.flatMap(({ id, address }) => (id.startsWith("gcp-role-") ? ["--role", address["role"] ?? ""] : []));
  const flags = [
    ["--project", project],
    roles,
    pool === poolIdOf(owner) ? [] : ["--pool", pool],
    providerId === "brevet" ? [] : ["--provider-id", providerId],
    accountFlags(record, owner),
    (state.allowedAudiences ?? []).flatMap((audience) => ["--audience", audience]),
    state.keys === "fetched" ? ["--hosted-keys"] : [],
    ["--identity", identity],
    profile === "gcp" ? [] : ["--profile", profile],
  ];
  return ["brevet setup gcp", ...flags.flat()].join(" ");
}

function accountFlags({ steps }: PlanRecord, owner: string): readonly string[] {
  const made = steps.find(({ step }) => step.kind === "gcp-service-account")?.step.address["email"];
  if (made !== undefined) {
    const [id = ""] = made.split("@");
    return id === accountIdOf(owner) ? [] : ["--service-account-id", id];
  }
  const joined = steps.find(({ step }) => step.id === "gcp-impersonation")?.step.address["on"];
  return joined === undefined ? ["--direct"] : ["--service-account", joined.slice(joined.lastIndexOf("/") + 1)];
}
