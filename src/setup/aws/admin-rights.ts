import { type SamlTrust, samlProviderArn } from "./saml-trust.ts";

/** One statement of an administrator's policy. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** The actions of a service by their names. */
export const prefixed = (service: string, ...names: readonly string[]): readonly string[] =>
  names.map((name) => `${service}:${name}`);

/** A role that is made, with its managed policies. */
export interface RoleWish {
  readonly arn: string;
  readonly policies: readonly string[];
  readonly boundary: string | null;
}

/** What it takes to make, change and take away a role: no other role, no other policies, and not without its boundary. */
export function roleRights({ arn, policies, boundary }: RoleWish): readonly Statement[] {
  const bounded = boundary === null ? {} : { Condition: { StringEquals: { "iam:PermissionsBoundary": [boundary] } } };
  const rights = (Sid: string, Action: readonly string[], more: Pick<Statement, "Condition"> = {}): Statement => ({
    Sid,
    Effect: "Allow",
    Action,
    Resource: [arn],
    ...more,
  });
  return [
    rights("NewRole", prefixed("iam", "CreateRole", ...(boundary === null ? [] : ["PutRolePermissionsBoundary"])), bounded),
    rights(
      "Role",
      prefixed(
        "iam",
        "GetRole",
        "UpdateRole",
        "UpdateAssumeRolePolicy",
        "DeleteRole",
        "TagRole",
        "UntagRole",
        "ListRoleTags",
        "ListRolePolicies",
        "ListAttachedRolePolicies",
      ),
    ),
    rights("RolePolicies", prefixed("iam", "AttachRolePolicy", "DetachRolePolicy"), {
      Condition: { ArnEquals: { "iam:PolicyARN": policies } },
    }),
    {
      Sid: "Policies",
      Effect: "Allow",
      Action: ["iam:GetPolicy"],
      Resource: [...policies, ...(boundary === null ? [] : [boundary])],
    },
  ];
}

/** The IAM policy for an administrator who makes and takes away the trust of a SAML provider. */
export function samlAdminPolicy(trust: SamlTrust): unknown {
  const { partition, account, role, policyArns: policies, permissionsBoundary: boundary } = trust;
  const names = ["Create", "Get", "Update", "Delete", "Tag", "Untag"].map((verb) => `${verb}SAMLProvider`);
  const provider: Statement = {
    Sid: "Provider",
    Effect: "Allow",
    Action: prefixed("iam", ...names),
    Resource: [samlProviderArn(trust)],
  };
  const arn = `arn:${partition}:iam::${account}:role/${role}`;
  return { Version: "2012-10-17", Statement: [provider, ...roleRights({ arn, policies, boundary })] };
}
