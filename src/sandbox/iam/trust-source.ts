import type { AwsTrustSource } from "../../trust/aws/trust-source.ts";
import { openIamFolder } from "./iam-folder.ts";

/** The sandbox's IAM as `brevet explain` reads it: the files themselves, whether a sandbox runs or not. */
export function sandboxTrust(folder: string): AwsTrustSource {
  const iam = openIamFolder(folder);
  return {
    name: `the sandbox in ${folder}`,
    role: async (arn) => iam.findRole(arn),
    providers: async (accountId) => iam.providers(accountId),
  };
}
