import { join } from "node:path";
import type { Http } from "../core/http.ts";
import type { JsonObject } from "../core/json-object.ts";
import type { Place } from "../core/place.ts";
import type { Publisher } from "../core/publisher.ts";
import type { Clock } from "../core/time.ts";
import type { GoogleAccess } from "../platform/cloud-admin/google-api.ts";
import type { MicrosoftAccess } from "../platform/cloud-admin/microsoft-api.ts";
import type { Environment, Paths } from "../platform/paths.ts";
import type { PrivateFiles } from "../platform/private-files.ts";
import type { AwsAccount } from "../setup/aws/account.ts";
import type { AzureAdministration } from "../setup/azure/directory.ts";
import type { GoogleAdministration } from "../setup/gcp/project.ts";
import type { Provisioner } from "../setup/provisioner.ts";

/*
 * The kinds that publish and that set up, as `kinds.ts` has the others: no call that hands out credentials needs them.
 */

/** What publishers and provisioners are made of. */
export interface SetupParts {
  readonly files: PrivateFiles;
  readonly paths: Paths;
  readonly http: () => Promise<Http>;
  readonly environment: Environment;
  readonly clock: Clock;
}

/** Where documents can be published. */
export const PUBLISHERS: Readonly<Record<string, (destination: string, parts: SetupParts) => Promise<Publisher>>> = {
  directory: async (folder, { paths: { stateFolder } }) =>
    (await import("../publishers/directory/publisher.ts")).directoryPublisher({ folder, lockFolder: join(stateFolder, "locks") }),
  async gcp(text, parts) {
    const { gcpPublisher, parseDestination } = await import("../publishers/gcp/publisher.ts");
    return gcpPublisher(parseDestination(text), await googleAccess(parts));
  },
  async s3(text, { http }) {
    const [{ s3Publisher }, { parseDestination }, { randomUUID }] = await Promise.all([
      import("../publishers/s3/publisher.ts"),
      import("../publishers/s3/destination.ts"),
      import("node:crypto"),
    ]);
    return s3Publisher({ destination: parseDestination(text), http: await http(), invalidationName: randomUUID });
  },
  async gcs(text, { http, environment }) {
    const [{ gcsPublisher }, { parseGcsDestination }, { googleAdminToken, heldToken }] = await Promise.all([
      import("../publishers/gcs/publisher.ts"),
      import("../publishers/gcs/destination.ts"),
      import("../platform/cloud-admin/admin-token.ts"),
    ]);
    return gcsPublisher({
      destination: parseGcsDestination(text),
      http: await http(),
      token: heldToken(() => googleAdminToken(environment)),
      endpoint: environment["STORAGE_EMULATOR_HOST"] || undefined,
    });
  },
  async "azure-blob"(text, { http, environment, clock }) {
    const [{ azureBlobPublisher }, { parseAzureBlobDestination }, { azureAdminToken, heldToken }] = await Promise.all([
      import("../publishers/azure-blob/publisher.ts"),
      import("../publishers/azure-blob/destination.ts"),
      import("../platform/cloud-admin/admin-token.ts"),
    ]);
    const destination = parseAzureBlobDestination(text);
    const token = heldToken(() => azureAdminToken("https://storage.azure.com/", environment));
    return azureBlobPublisher({ destination, http: await http(), clock, token });
  },
};

type ProvisionerLoader = (parts: SetupParts) => Promise<Provisioner>;

const filesProvisioner: ProvisionerLoader = async ({ files, paths: { stateFolder, configFile } }) =>
  (await import("../provisioners/files/provisioner.ts")).filesProvisioner({ files, stateFolder, configFile });

const gcpProvisioner: ProvisionerLoader = async (parts) =>
  (await import("../provisioners/gcp/provisioner.ts")).gcpProvisioner(await googleAccess(parts));

/** One for each program, so that its administrator is asked for once. */
const googleAccesses = new WeakMap<SetupParts, Promise<GoogleAccess>>();

function googleAccess(parts: SetupParts): Promise<GoogleAccess> {
  const known = googleAccesses.get(parts);
  if (known !== undefined) return known;
  const made = openGoogleAccess(parts);
  googleAccesses.set(parts, made);
  return made;
}

async function openGoogleAccess({ http, environment }: SetupParts): Promise<GoogleAccess> {
  const [{ googleAdminToken, heldToken }, { systemTempo: tempo }] = await Promise.all([
    import("../platform/cloud-admin/admin-token.ts"),
    import("../platform/tempo.ts"),
  ]);
  return { http: await http(), environment, token: heldToken(() => googleAdminToken(environment)), tempo };
}

/** Google Cloud as its administrator sees it. */
export async function googleAdministration(parts: SetupParts): Promise<GoogleAdministration> {
  const { googleAdministration: open } = await import("../provisioners/gcp/administration.ts");
  return open(await googleAccess(parts));
}

const azureProvisioner: ProvisionerLoader = async (parts) =>
  (await import("../provisioners/azure/provisioner.ts")).azureProvisioner(await microsoftAccess(parts));

/** Like {@link googleAccesses}. */
const microsoftAccesses = new WeakMap<SetupParts, Promise<MicrosoftAccess>>();

function microsoftAccess(parts: SetupParts): Promise<MicrosoftAccess> {
  const known = microsoftAccesses.get(parts);
  if (known !== undefined) return known;
  const made = openMicrosoftAccess(parts);
  microsoftAccesses.set(parts, made);
  return made;
}

async function openMicrosoftAccess({ http, environment }: SetupParts): Promise<MicrosoftAccess> {
  const [{ azureCloud }, { microsoftEndpoints }, { azureAdminToken, heldToken }, { systemTempo: tempo }] = await Promise.all([
    import("../wire/azure/clouds.ts"),
    import("../platform/cloud-admin/microsoft-api.ts"),
    import("../platform/cloud-admin/admin-token.ts"),
    import("../platform/tempo.ts"),
  ]);
  const resources = azureCloud(environment["AZURE_AUTHORITY_HOST"] ?? "");
  const endpoints = microsoftEndpoints(resources, environment);
  const graph = heldToken(() => azureAdminToken(resources.graph, environment, ["BREVET_AZURE_GRAPH_TOKEN"]));
  const variables = ["BREVET_AZURE_MANAGEMENT_TOKEN", "AZURE_ACCESS_TOKEN"];
  const management = heldToken(() => azureAdminToken(resources.management, environment, variables));
  return { http: await http(), endpoints, tokens: { graph, management }, tempo };
}

/** Entra ID and Azure as their administrator sees them. */
export async function azureAdministration(parts: SetupParts): Promise<AzureAdministration> {
  const { azureAdministration: open } = await import("../provisioners/azure/administration.ts");
  return open(await microsoftAccess(parts));
}

/** Raises what is wrong with an `azure` block. @throws {Fault} for a block that the exchange does not take. */
export async function checkAzureBlock(block: JsonObject, place: Place): Promise<void> {
  (await import("../exchanges/azure/options.ts")).parseAzureOptions(block, place);
}

const samlProvisioner: ProvisionerLoader = async ({ http }) => {
  const [{ samlProvisioner: make }, { awsClients }] = await Promise.all([
    import("../provisioners/aws/saml-provisioner.ts"),
    import("../provisioners/aws/clients.ts"),
  ]);
  const reach = await http();
  return make((region) => awsClients({ region, http: reach }));
};

/** What can create and change things, by the kind of the thing. */
export const PROVISIONERS: Readonly<Record<string, ProvisionerLoader>> = {
  "aws-profile": filesProvisioner,
  "brevet-identity": filesProvisioner,
  "brevet-issuer": filesProvisioner,
  "brevet-profile": filesProvisioner,
  "google-credential-file": filesProvisioner,
  "azure-application": azureProvisioner,
  "azure-credential": azureProvisioner,
  "azure-managed-identity": azureProvisioner,
  "azure-role": azureProvisioner,
  "azure-service-principal": azureProvisioner,
  "gcp-binding": gcpProvisioner,
  "gcp-pool": gcpProvisioner,
  "gcp-provider": gcpProvisioner,
  "gcp-service-account": gcpProvisioner,
  "aws-saml-provider": samlProvisioner,
  "aws-role": samlProvisioner,
  "aws-role-policy": samlProvisioner,
  async "aws-stack"({ http }) {
    const [{ awsProvisioner }, { awsClients }, { systemTempo: tempo }] = await Promise.all([
      import("../provisioners/aws/provisioner.ts"),
      import("../provisioners/aws/clients.ts"),
      import("../platform/tempo.ts"),
    ]);
    const reach = await http();
    return awsProvisioner({ clients: (region) => awsClients({ region, http: reach }), tempo });
  },
};

/** An AWS account as its administrator sees it. */
export async function awsAccount(region: string, { http }: Pick<SetupParts, "http">): Promise<AwsAccount> {
  const [{ openAccount }, { awsClients }] = await Promise.all([
    import("../provisioners/aws/account.ts"),
    import("../provisioners/aws/clients.ts"),
  ]);
  return openAccount(awsClients({ region, http: await http() }));
}

/** What a credential file of Google's says of a `gcp` block. @throws {Fault} for a block that the exchange does not take. */
export async function gcpSettings(block: JsonObject, place: Place, environment: Environment) {
  const [{ parseGcpOptions }, { gcpEndpoints }] = await Promise.all([
    import("../exchanges/gcp/options.ts"),
    import("../exchanges/gcp/endpoints.ts"),
  ]);
  const options = parseGcpOptions(block, place);
  const { sts, iamCredentials } = gcpEndpoints(options, environment);
  const { provider, serviceAccount, durationSeconds: lifetimeSeconds } = options;
  return { provider, serviceAccount, lifetimeSeconds, stsUrl: sts, iamCredentialsUrl: iamCredentials };
}
