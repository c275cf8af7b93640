import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  CreateSAMLProviderCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteSAMLProviderCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  GetSAMLProviderCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  PutRolePermissionsBoundaryCommand,
  type Role,
  type Tag,
  TagRoleCommand,
  TagSAMLProviderCommand,
  UntagRoleCommand,
  UntagSAMLProviderCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
  UpdateSAMLProviderCommand,
} from "@aws-sdk/client-iam";
import { readOwnJson } from "../../core/json-object.ts";
import { awsCall } from "../../platform/aws-sdk/call.ts";
import { SAML_ROLE_DESCRIPTION, type SamlProviderState, type SamlRoleState, samlStateText } from "../../setup/aws/saml-trust.ts";
import { ownerOf } from "../../setup/aws/trust-stack.ts";
import type { ManagedResource } from "../../setup/managed-resource.ts";
import type { Address } from "../../setup/plan.ts";

/** IAM of the account of an address. @throws {Fault} `ACCOUNT_MISMATCH` */
export type OpenIam = (address: Address) => Promise<IAMClient>;

const ABSENT = ["NoSuchEntityException", "NoSuchEntity"];

/** `aws-saml-provider`, `{ account, region, provider, owner }`: by its ARN; ours if it bears our tag. */
export function samlProviderResource(open: OpenIam): ManagedResource {
  const arnOf = ({ provider = "" }: Address) => ({ SAMLProviderArn: provider });
  return {
    kind: "aws-saml-provider",
    name: ({ provider }) => `the SAML provider ${provider}`,
    takenHint: "give the new one another name: `--saml-provider NAME`",
    async find(address) {
      const iam = await open(address);
      const command = new GetSAMLProviderCommand(arnOf(address));
      const found = await awsCall("iam:GetSAMLProvider", () => iam.send(command), ABSENT);
      if (found === null) return null;
      const tags = tagMap(found.Tags);
      const state: SamlProviderState = { metadata: found.SAMLMetadataDocument ?? "", tags };
      return { state: samlStateText(state), owner: ownerOf(tags, address["owner"] ?? ""), facts: {} };
    },
    async create({ address, state }) {
      const iam = await open(address);
      const { metadata, tags } = readOwnJson<SamlProviderState>(state);
      const Name = (address["provider"] ?? "").split("/").at(-1);
      const command = new CreateSAMLProviderCommand({ Name, SAMLMetadataDocument: metadata, Tags: tagList(tags) });
      await awsCall("iam:CreateSAMLProvider", () => iam.send(command));
      return {};
    },
    async change(found, { address, state }) {
      const iam = await open(address);
      const [before, after] = [readOwnJson<SamlProviderState>(found.state), readOwnJson<SamlProviderState>(state)];
      if (before.metadata !== after.metadata) {
        const command = new UpdateSAMLProviderCommand({ ...arnOf(address), SAMLMetadataDocument: after.metadata });
        await awsCall("iam:UpdateSAMLProvider", () => iam.send(command));
      }
      const { set, removed } = tagChanges(before.tags, after.tags);
      if (set.length > 0) {
        const command = new TagSAMLProviderCommand({ ...arnOf(address), Tags: set });
        await awsCall("iam:TagSAMLProvider", () => iam.send(command));
      }
      if (removed.length > 0) {
        const command = new UntagSAMLProviderCommand({ ...arnOf(address), TagKeys: removed });
        await awsCall("iam:UntagSAMLProvider", () => iam.send(command));
      }
    },
    async remove(_, address) {
      const iam = await open(address);
      await awsCall("iam:DeleteSAMLProvider", () => iam.send(new DeleteSAMLProviderCommand(arnOf(address))), ABSENT);
    },
  };
}

/** `aws-role`, `{ account, region, role, owner }`: ours if it bears our tag. Its policies are resources of their own. */
export function roleResource(open: OpenIam): ManagedResource {
  return {
    kind: "aws-role",
    name: ({ role }) => `the role ${role}`,
    takenHint: "give the new one another name: `--role-name NAME`",
    async find(address) {
      const role = await findRole(await open(address), address["role"] ?? "");
      if (role === null) return null;
      const facts = { roleId: role.RoleId ?? "" };
      return { state: samlStateText(stateOf(role)), owner: ownerOf(tagMap(role.Tags), address["owner"] ?? ""), facts };
    },
    async create({ address, state }) {
      const iam = await open(address);
      const { trust, maxSessionSeconds, permissionsBoundary, tags } = readOwnJson<SamlRoleState>(state);
      const command = new CreateRoleCommand({
        RoleName: address["role"],
        Description: SAML_ROLE_DESCRIPTION,
        AssumeRolePolicyDocument: trust,
        MaxSessionDuration: maxSessionSeconds,
        ...(permissionsBoundary === null ? {} : { PermissionsBoundary: permissionsBoundary }),
        Tags: tagList(tags),
      });
      const { Role: made } = await awsCall("iam:CreateRole", () => iam.send(command));
      return { roleId: made?.RoleId ?? "" };
    },
    async change(found, { address, state }) {
      const iam = await open(address);
      const RoleName = address["role"];
      const [before, after] = [readOwnJson<SamlRoleState>(found.state), readOwnJson<SamlRoleState>(state)];
      if (before.trust !== after.trust) {
        const command = new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: after.trust });
        await awsCall("iam:UpdateAssumeRolePolicy", () => iam.send(command));
      }
      if (before.maxSessionSeconds !== after.maxSessionSeconds) {
        const command = new UpdateRoleCommand({ RoleName, MaxSessionDuration: after.maxSessionSeconds });
        await awsCall("iam:UpdateRole", () => iam.send(command));
      }
      if (before.permissionsBoundary !== after.permissionsBoundary) await bound(iam, RoleName, after.permissionsBoundary);
      const { set, removed } = tagChanges(before.tags, after.tags);
      if (set.length > 0) await awsCall("iam:TagRole", () => iam.send(new TagRoleCommand({ RoleName, Tags: set })));
      if (removed.length > 0) {
        await awsCall("iam:UntagRole", () => iam.send(new UntagRoleCommand({ RoleName, TagKeys: removed })));
      }
    },
    async remove(_, address) {
      const iam = await open(address);
      const command = new DeleteRoleCommand({ RoleName: address["role"] });
      await awsCall("iam:DeleteRole", () => iam.send(command), ABSENT);
    },
  };
}

/** `aws-role-policy`, `{ account, region, role, policy, owner }`: a managed policy at a role; ours if the role is. */
export function rolePolicyResource(open: OpenIam): ManagedResource {
  const wordsOf = ({ role = "", policy = "" }: Address) => ({ RoleName: role, PolicyArn: policy });
  return {
    kind: "aws-role-policy",
    name: ({ role, policy }) => `the policy ${policy} at the role ${role}`,
    takenHint: "give the new role another name: `--role-name NAME`",
    async find(address) {
      const iam = await open(address);
      const role = await findRole(iam, address["role"] ?? "");
      if (role === null) return null;
      const command = new ListAttachedRolePoliciesCommand({ RoleName: address["role"] });
      const listed = await awsCall("iam:ListAttachedRolePolicies", () => iam.send(command));
      const isThere = (listed.AttachedPolicies ?? []).some(({ PolicyArn }) => PolicyArn === address["policy"]);
      return isThere ? { state: "attached", owner: ownerOf(tagMap(role.Tags), address["owner"] ?? ""), facts: {} } : null;
    },
    async create({ address }) {
      const iam = await open(address);
      await awsCall("iam:AttachRolePolicy", () => iam.send(new AttachRolePolicyCommand(wordsOf(address))));
      return {};
    },
    change: async () => undefined,
    async remove(_, address) {
      const iam = await open(address);
      await awsCall("iam:DetachRolePolicy", () => iam.send(new DetachRolePolicyCommand(wordsOf(address))), ABSENT);
    },
  };
}

async function bound(iam: IAMClient, RoleName: string | undefined, boundary: string | null): Promise<void> {
  if (boundary === null) {
    const command = new DeleteRolePermissionsBoundaryCommand({ RoleName });
    await awsCall("iam:DeleteRolePermissionsBoundary", () => iam.send(command));
    return;
  }
  const command = new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary: boundary });
  await awsCall("iam:PutRolePermissionsBoundary", () => iam.send(command));
}

async function findRole(iam: IAMClient, name: string): Promise<Role | null> {
  const found = await awsCall("iam:GetRole", () => iam.send(new GetRoleCommand({ RoleName: name })), ABSENT);
  return found?.Role ?? null;
}

function stateOf({ AssumeRolePolicyDocument = "", MaxSessionDuration = 3600, PermissionsBoundary, Tags }: Role): SamlRoleState {
  return {
    // IAM gives it encoded as in a URL, and may give it in another layout.
    trust: JSON.stringify(JSON.parse(decodeURIComponent(AssumeRolePolicyDocument))),
    maxSessionSeconds: MaxSessionDuration,
    permissionsBoundary: PermissionsBoundary?.PermissionsBoundaryArn || null,
    tags: tagMap(Tags),
  };
}

function tagMap(tags: readonly Tag[] | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries((tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));
}

/** What is to be set and removed. The owner's tag is in both, so that the resource never loses its mark on the way. */
function tagChanges(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): { readonly set: Tag[]; readonly removed: string[] } {
  return {
    set: tagList(Object.fromEntries(Object.entries(after).filter(([key, value]) => before[key] !== value))),
    removed: Object.keys(before).filter((key) => !Object.hasOwn(after, key)),
  };
}

function tagList(tags: Readonly<Record<string, string>>): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
