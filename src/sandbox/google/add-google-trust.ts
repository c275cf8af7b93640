import { join } from "node:path";
import { Fault } from "../../core/fault.ts";
import { reading } from "../../platform/file-faults.ts";
import { readPlainText } from "../../platform/plain-file.ts";
import { parseGcpProvider } from "../../trust/gcp/provider.ts";
import { checkIssuerUrl } from "../issuers/mapping.ts";
import { writeWhole } from "../sandbox-folder.ts";
import { openGoogleFolder } from "./google-folder.ts";

/** Whom the sandbox's Google Cloud is to trust. */
export interface GoogleTrustWish {
  readonly issuer: string;
  readonly subject: string;
  /** The project's number, the pool and the provider. */
  readonly project: string;
  readonly pool: string;
  readonly provider: string;
  /** A JWKS to upload; null: the keys are fetched from the issuer. */
  readonly jwksFile: string | null;
  readonly condition: string | null;
  /** A service account that the subject may act as; null for none. */
  readonly serviceAccount: string | null;
}

/** What {@link addGoogleTrust} wrote. */
export interface AddedGoogleTrust {
  /** The provider's resource name. */
  readonly provider: string;
  readonly files: readonly string[];
}

/**
 * Writes what an administrator would create: a workload identity provider that maps the subject, and a service account whose
 * allow policy lets that subject act as it. Files that are there are replaced.
 *
 * @throws {Fault} `URL_INVALID`, `NAME_INVALID`, `FILE_UNREADABLE`; `POLICY_INVALID` for what Google would refuse.
 */
export function addGoogleTrust(folder: string, wish: GoogleTrustWish): AddedGoogleTrust {
  checkIssuerUrl(wish.issuer);
  const pool = `projects/${wish.project}/locations/global/workloadIdentityPools/${wish.pool}`;
  const provider = {
    name: `${pool}/providers/${wish.provider}`,
    attributeMapping: { "google.subject": "assertion.sub" },
    ...(wish.condition === null ? {} : { attributeCondition: wish.condition }),
    oidc: { issuerUri: wish.issuer, ...(wish.jwksFile === null ? {} : { jwksJson: readJwks(wish.jwksFile) }) },
  };
  parseGcpProvider(provider, "the provider");
  const files = [write(join(folder, "google", "providers", `${wish.pool}-${wish.provider}.json`), provider)];
  const { serviceAccount: email } = wish;
  if (email !== null) {
    if (!/^[a-z0-9-]+@[a-z0-9.-]+\.gserviceaccount\.com$/.test(email)) {
      throw new Fault("NAME_INVALID", `"${email}" is not the e-mail of a service account`);
    }
    const member = `principal://iam.googleapis.com/${pool}/subject/${wish.subject}`;
    const policy = { bindings: [{ role: "roles/iam.workloadIdentityUser", members: [member] }] };
    files.push(write(join(folder, "google", "service-accounts", `${email}.json`), { email, policy }));
    openGoogleFolder(folder).findServiceAccount(email);
  }
  return { provider: provider.name, files };
}

function readJwks(file: string): string {
  return reading(file, () => readPlainText(file), `the file ${file} of keys`);
}

function write(file: string, value: unknown): string {
  writeWhole(file, `${JSON.stringify(value, null, 2)}\n`);
  return file;
}
