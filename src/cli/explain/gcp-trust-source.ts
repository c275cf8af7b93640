import type { GoogleAdministration } from "../../setup/gcp/project.ts";
import { parseAllowPolicy } from "../../trust/gcp/judge-impersonation.ts";
import { parseGcpProvider } from "../../trust/gcp/provider.ts";
import type { GcpTrustSource } from "../../trust/gcp/trust-source.ts";
import { readGivenFile } from "../flags/read-given-file.ts";
import { parseGivenJson } from "./explained-token.ts";

/**
 * What `gcloud` printed of providers and of service accounts' policies.
 *
 * @throws {Fault} `FILE_UNREADABLE`, `POLICY_INVALID`
 */
export function gcpTrustFiles(providers: readonly string[], policies: readonly string[]): GcpTrustSource {
  return {
    async provider(name) {
      const read = providers.map((file) => parseGcpProvider(parseGivenJson(readGivenFile(file), file), file));
      return read.find((provider) => provider.name === name) ?? (read.length === 1 ? (read[0] ?? "unread") : "unread");
    },
    async policy() {
      const [file] = policies;
      return file === undefined ? "unread" : parseAllowPolicy(parseGivenJson(readGivenFile(file), file), file);
    },
  };
}

/** Google Cloud itself, as an administrator of the project sees it. */
export function gcpTrustLive(google: GoogleAdministration): GcpTrustSource {
  return {
    async provider(name) {
      const found = await google.provider(name);
      return found === null ? "absent" : parseGcpProvider(found, `the provider ${name}`);
    },
    async policy(email) {
      const found = await google.accountPolicy(email);
      return found === null ? "absent" : parseAllowPolicy(found, `the policy of ${email}`);
    },
  };
}
