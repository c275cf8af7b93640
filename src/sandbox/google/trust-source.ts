import type { GcpTrustSource } from "../../trust/gcp/trust-source.ts";
import { openGoogleFolder } from "./google-folder.ts";

/** The sandbox's Google Cloud as `brevet explain` reads it: the files themselves, whether a sandbox runs or not. */
export function sandboxGcpTrust(folder: string): GcpTrustSource {
  const google = openGoogleFolder(folder);
  return {
    provider: async (name) => google.findProvider(name) ?? "absent",
    policy: async (email) => google.findServiceAccount(email)?.bindings ?? "absent",
  };
}
