import type { PlanPorts } from "../flows/apply-plan.ts";
import type { Paths } from "../platform/paths.ts";
import type { Present } from "../setup/provisioner.ts";
import type { Composition } from "./composition.ts";

/** What brevet's config has under these names now, and whether an earlier import of that plan made it. */
export async function presentEntries(
  plan: string,
  named: readonly { readonly name: string }[],
  plans: Pick<PlanPorts, "records" | "provisionerFor">,
  { compose, paths }: { readonly compose: Pick<Composition, "config">; readonly paths: Pick<Paths, "configFile"> },
) {
  const record = await plans.records.load(plan);
  const ours = new Set(record?.steps.map(({ step }) => step.id));
  const read = async (noun: "identity" | "profile", name: string): Promise<Present> => {
    const kind = `brevet-${noun}`;
    const { state } = await (await plans.provisionerFor(kind)).read({ kind, address: { file: paths.configFile, [noun]: name } });
    return { state, owner: state === null ? "nobody" : ours.has(`${noun}-${name}`) ? "ours" : "theirs" };
  };
  const config = await compose.config();
  const of = async (noun: "identity" | "profile", entries: ReadonlyMap<string, unknown>) => {
    const names = new Set(named.map(({ name }) => name).filter((name) => entries.has(name)));
    return new Map(await Promise.all([...names].map(async (name) => [name, await read(noun, name)] as const)));
  };
  const [identities, profiles] = await Promise.all([of("identity", config.identities), of("profile", config.profiles)]);
  const absent: Present = { state: null, owner: "nobody" };
  return {
    identity: (name: string) => identities.get(name) ?? absent,
    profile: (name: string) => profiles.get(name) ?? absent,
  };
}
