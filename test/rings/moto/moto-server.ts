import { spawn } from "node:child_process";
import { join } from "node:path";
import { CloudFormationClient, ListStacksCommand } from "@aws-sdk/client-cloudformation";
import { CloudFrontClient, ListDistributionsCommand, ListOriginAccessControlsCommand } from "@aws-sdk/client-cloudfront";
import {
  CreatePolicyCommand,
  IAMClient,
  ListOpenIDConnectProvidersCommand,
  ListRolesCommand,
  ListSAMLProvidersCommand,
} from "@aws-sdk/client-iam";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { pythonTools } from "../../../scripts/test/ring-tools.ts";

/** moto's account, with a policy that roles can be given. */
export const ACCOUNT = "123456789012";
export const POLICY_ARN = `arn:aws:iam::${ACCOUNT}:policy/MyDevPolicy`;

/** A moto server of its own, which forgets everything when it ends. */
export interface Moto {
  readonly url: string;
  /** What an administrator has in the environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly cloudFormation: CloudFormationClient;
  readonly cloudFront: CloudFrontClient;
  readonly iam: IAMClient;
  readonly s3: S3Client;
  /** Everything in the account that a setup could leave behind. */
  snapshot(): Promise<unknown>;
  stop(): Promise<void>;
}

export async function startMoto(): Promise<Moto> {
  const python = spawn(join(pythonTools(), "python"), ["-u", join(import.meta.dirname, "serve_moto.py")], {
    stdio: ["pipe", "pipe", process.env["MOTO_LOG"] === undefined ? "ignore" : "inherit"],
  });
  const ended = new Promise<void>((resolve) => python.once("exit", () => resolve()));
  const port = await new Promise<string>((resolve, reject) => {
    python.stdout.once("data", (line: Buffer) => resolve(line.toString().trim()));
    python.once("error", reject);
    python.once("exit", (status) => reject(new Error(`moto ended with ${status} before it listened`)));
  });
  const url = `http://127.0.0.1:${port}`;
  const settings = {
    endpoint: url,
    region: "us-east-1",
    credentials: { accessKeyId: "AKIAADMINISTRATOR", secretAccessKey: "administrator" },
  };
  const moto = {
    url,
    environment: {
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: settings.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: settings.credentials.secretAccessKey,
    },
    cloudFormation: new CloudFormationClient(settings),
    cloudFront: new CloudFrontClient(settings),
    iam: new IAMClient(settings),
    s3: new S3Client({ ...settings, forcePathStyle: true }),
  };
  await createPolicy(moto);
  return {
    ...moto,
    snapshot: () => snapshot(moto),
    stop: () => {
      python.stdin.end();
      return ended;
    },
  };
}

/** The policy of {@link POLICY_ARN}. */
export async function createPolicy({ iam }: Pick<Moto, "iam">): Promise<void> {
  await iam.send(
    new CreatePolicyCommand({
      PolicyName: "MyDevPolicy",
      PolicyDocument: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}]}',
    }),
  );
}

async function snapshot({ cloudFormation, cloudFront, iam, s3 }: Pick<Moto, "cloudFormation" | "cloudFront" | "iam" | "s3">) {
  const [stacks, distributions, controls, roles, providers, saml, buckets] = await Promise.all([
    cloudFormation.send(new ListStacksCommand({})),
    cloudFront.send(new ListDistributionsCommand({})),
    cloudFront.send(new ListOriginAccessControlsCommand({})),
    iam.send(new ListRolesCommand({})),
    iam.send(new ListOpenIDConnectProvidersCommand({})),
    iam.send(new ListSAMLProvidersCommand({})),
    s3.send(new ListBucketsCommand({})),
  ]);
  return {
    stacks: (stacks.StackSummaries ?? [])
      .filter(({ StackStatus }) => StackStatus !== "DELETE_COMPLETE")
      .map(({ StackName }) => StackName),
    distributions: (distributions.DistributionList?.Items ?? []).map(({ DomainName }) => DomainName),
    controls: (controls.OriginAccessControlList?.Items ?? []).map(({ Name }) => Name),
    roles: (roles.Roles ?? []).map(({ RoleName, MaxSessionDuration }) => `${RoleName} ${MaxSessionDuration}`),
    providers: (providers.OpenIDConnectProviderList ?? []).map(({ Arn }) => Arn),
    saml: (saml.SAMLProviderList ?? []).map(({ Arn }) => Arn),
    buckets: (buckets.Buckets ?? []).map(({ Name }) => Name),
  };
}
