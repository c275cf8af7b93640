import type { PlanPorts } from "../flows/apply-plan.ts";
import type { Present } from "../setup/provisioner.ts";
import type { PlanRecords } from "../setup/record.ts";

/** Reads profiles of brevet's config as a plan compares them. Nothing in the config says which a setup made: the records do. */
export async function profileReader(configFile: string, plans: PlanPorts): Promise<(profile: string) => Promise<Present>> {
  const made = await profilesOfRecords(plans.records);
  const provisioner = await plans.provisionerFor("brevet-profile");
  return async (profile) => {
    const { state } = await provisioner.read({ kind: "brevet-profile", address: { file: configFile, profile } });
    return { state, owner: state === null ? "nobody" : made.has(profile) ? "ours" : "theirs" };
  };
}

async function profilesOfRecords(records: PlanRecords): Promise<ReadonlySet<string>> {
  const all = await Promise.all((await records.list()).map((id) => records.load(id)));
  const steps = all.flatMap((record) => record?.steps ?? []);
  const made = steps.filter(({ step }) => step.kind === "brevet-profile");
  return new Set(made.map(({ step }) => step.address["profile"] ?? ""));
}
