import type { PlanRecords } from "../setup/record.ts";

/** Nothing in the config says which profiles a setup made: the records do. */
export async function profilesOfRecords(records: PlanRecords): Promise<ReadonlySet<string>> {
  const all = await Promise.all((await records.list()).map((id) => records.load(id)));
  const steps = all.flatMap((record) => record?.steps ?? []);
  const made = steps.filter(({ step }) => step.kind === "brevet-profile");
  return new Set(made.map(({ step }) => step.address["profile"] ?? ""));
}
