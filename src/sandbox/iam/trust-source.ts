import { shellCommand } from "../../core/shell-command.ts";
import { roleName, type TrustChanges, type TrustedCaller } from "../../trust/aws/trust-changes.ts";
import type { AwsTrustSource } from "../../trust/aws/trust-source.ts";
import { type IamFolder, openIamFolder, permissionsOf } from "./iam-folder.ts";

/**
 * The sandbox's IAM as `brevet explain` reads it: the files themselves, whether a sandbox runs or not.
 *
 * @param isNamed whether the folder has to be named in a command about it, as it is not the one that commands take by themselves.
 */
export function sandboxTrust(folder: string, { isNamed }: { readonly isNamed: boolean }): AwsTrustSource {
  const iam = openIamFolder(folder);
  return {
    changes: changesBy(iam, isNamed ? shellCommand` --folder ${folder}` : ""),
    role: async (arn) => iam.findRole(arn),
    async permissions(roleArn) {
      const role = iam.findRole(roleArn);
      return role === null ? "unknown" : permissionsOf(role);
    },
    providers: async (accountId) => iam.providers(accountId),
  };
}

function changesBy(iam: IamFolder, folderFlag: string): TrustChanges {
  const fileOf = (roleArn: string) => iam.findRole(roleArn)?.file ?? "";
  return {
    letIn: (caller, lacking) => [
      `${trustCommand(caller)}${folderFlag}`,
      ...(lacking === "role" ? ["or correct `roleArn` in the profile"] : []),
    ],
    putTrustPolicy: (roleArn) => [`the policy is \`trustPolicy\` in ${fileOf(roleArn)}; once that is saved, it counts`],
    lengthenSessions: (roleArn, maxSeconds) => [`in ${fileOf(roleArn)}: "maxSessionDuration": ${maxSeconds}`],
  };
}

/** Makes what the role lacks of provider, audience and statement, and leaves what is there. */
function trustCommand({ issuer, subject, audience, roleArn }: TrustedCaller): string {
  const account = roleArn.split(":")[4] ?? "";
  return shellCommand`brevet sandbox trust --issuer ${issuer} --subject ${subject} --audience ${audience} --role ${roleName(roleArn)} --account ${account}`;
}
