import type { PlanPorts } from "../flows/apply-plan.ts";
import type { Present } from "../setup/provisioner.ts";
import type { Context } from "./command.ts";

/** What brevet's config has under these names now, and whether an earlier import of that plan made it. */
export async function presentEntries(
  plan: string,
  named: readonly { readonly name: string }[],
  plans: PlanPorts,
  { paths }: Context,
) {
  const record = await plans.records.load(plan);
  const ours = new Set(record?.steps.map(({ step }) => step.id));
  const read = async (noun: "identity" | "profile", name: string): Promise<Present> => {
    const kind = `brevet-${noun}`;
    const { state } = await (await plans.provisionerFor(kind)).read({ kind, address: { file: paths.configFile, [noun]: name } });
    return { state, owner: state === null ? "nobody" : ours.has(`${noun}-${name}`) ? "ours" : "theirs" };
  };
  const names = [...new Set(named.map(({ name }) => name))];
  const of = async (noun: "identity" | "profile") =>
    new Map(await Promise.all(names.map(async (name) => [name, await read(noun, name)] as const)));
  const [identities, profiles] = await Promise.all([of("identity"), of("profile")]);
  const absent: Present = { state: null, owner: "nobody" };
  return {
    identity: (name: string) => identities.get(name) ?? absent,
    profile: (name: string) => profiles.get(name) ?? absent,
  };
}
