import { Fault } from "../../core/fault.ts";
import { placeIn } from "../../core/place.ts";
import { awsFiles } from "../../platform/aws-files.ts";
import { readUserFile } from "../../platform/user-file.ts";
import { type ImportedRoles, importRoles, roleBlock } from "../../setup/import-roles.ts";
import { credentialProcess } from "../../setup/join-aws.ts";
import { chainStatements } from "../../trust/aws/chain-statements.ts";
import { type RoleProfile, roleProfiles } from "../../wire/aws-config/role-profiles.ts";
import { type Context, defineCommand } from "../command.ts";
import { awsCallFacts } from "../exchange-kinds.ts";
import { PROGRAM_FLAG } from "../flags/program-flag.ts";
import { baseRole } from "../setup/aws/base-role.ts";
import { commandForTools } from "../setup/aws/join-profile.ts";
import { takeOver } from "../setup/take-over.ts";

export const command = defineCommand({
  path: "import aws",
  description: [
    "Makes a profile by `via` of each section with role_arn and source_profile. They start from a base profile of brevet, whose role takes the",
    "place of the long-lived key. A chain of source_profile stays one. Nothing in ~/.aws is changed.",
  ].join("\n"),
  flags: {
    via: {
      kind: "text",
      value: "PROFILE",
      doc: "a profile whose role may assume the others, as `brevet setup aws` makes one",
      required: true,
    },
    source: {
      kind: "text",
      value: "NAME",
      doc: "only roles that go on from this profile of ~/.aws/config; default: the only one there is",
    },
    file: { kind: "text", value: "FILE", doc: "default: $AWS_CONFIG_FILE, else ~/.aws/config" },
    program: PROGRAM_FLAG,
    "dry-run": { kind: "switch", doc: "show what would be added, and add nothing" },
    json: { kind: "switch", doc: "print the plan as JSON" },
  },
  examples: [
    { line: "brevet import aws --via brevet --dry-run", does: "see what would be added" },
    { line: "brevet import aws --via brevet", does: "add it; `brevet unsetup import-aws` undoes it" },
  ],
  async run({ flags }, context) {
    const { compose, terminal, environment } = context;
    const base = baseRole(flags.via, await compose.config());
    const file = flags.file ?? awsFiles(environment).config;
    const text = readUserFile(file)?.text;
    if (text === undefined) throw new Fault("FILE_UNREADABLE", `there is no ${file}`, { hints: ["name it by `--file`"] });
    const { roles, others } = roleProfiles(text, file);
    const imported = importRoles(roles, flags.via, flags.source ?? null, await unfitRoles(roles, file));
    const brevet = commandForTools(flags.program, context);
    await takeOver("import-aws", imported, { flags }, context);
    for (const { name, by } of others) terminal.warn(`${name}: left out: its credentials come from ${by}`);
    sayWhatIsLeft(imported, file, brevet, context);
    if (imported.taken.length > 0) {
      const { trust } = chainStatements({ callerRoleArn: base.roleArn, roleArn: "" });
      terminal.say(`the trust policy of each role behind ${flags.via} needs: ${trust}`);
    }
    return 0;
  },
});

/** The keys of the AWS config that stand for members of a profile's block. */
const AWS_KEYS = { roleArn: "role_arn", region: "region", sessionName: "role_session_name", externalId: "external_id" };

/** Why the exchange would refuse a role's profile, by its name. */
async function unfitRoles(roles: readonly RoleProfile[], file: string): Promise<ReadonlyMap<string, string>> {
  const unfit = new Map<string, string>();
  for (const role of roles) {
    const block = placeIn(file, `profile ${role.name}`).withTyped(AWS_KEYS);
    try {
      await awsCallFacts({ options: roleBlock(role), block }, null);
    } catch (cause) {
      if (!(cause instanceof Fault)) throw cause;
      unfit.set(role.name, cause.message);
    }
  }
  return unfit;
}

function sayWhatIsLeft({ taken, left }: ImportedRoles, file: string, brevet: string, { terminal }: Context): void {
  for (const line of left) terminal.warn(line);
  if (taken.length === 0) terminal.say(`${file} has no role with a source_profile`);
  const [first, second] = taken;
  if (first === undefined) return;
  const [where, name] = second === undefined ? [`, profile ${first.name}`, first.name] : [", in the section of each", "NAME"];
  const line = `credential_process = ${credentialProcess(brevet, name)}`;
  terminal.say(`in ${file}${where}, in place of role_arn and source_profile: \`${line}\``);
}
