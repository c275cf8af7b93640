import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { IAMClient } from "@aws-sdk/client-iam";
import { S3Client } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { awsCall, foreignAnswer } from "../../platform/aws-sdk/call.ts";
import { type AwsAccess, awsClientSettings } from "../../platform/aws-sdk/settings.ts";
import type { AwsCaller } from "../../setup/aws/account.ts";

/** The clients of the official SDK that administer an account, each made at its first use. */
export interface AwsClients {
  readonly region: string;
  readonly cloudFormation: CloudFormationClient;
  readonly cloudFront: CloudFrontClient;
  readonly iam: IAMClient;
  readonly s3: S3Client;
  /** Whose credentials are used. Needs no right. @throws {Fault} `ADMIN_ABSENT`, `RESPONSE_INVALID` */
  caller(): Promise<AwsCaller>;
}

export function awsClients(access: AwsAccess): AwsClients {
  const settings = awsClientSettings(access);
  let caller: Promise<AwsCaller> | undefined;
  return {
    region: access.region,
    cloudFormation: new CloudFormationClient(settings),
    cloudFront: new CloudFrontClient(settings),
    iam: new IAMClient(settings),
    // By path, because a bucket's name in the host needs DNS of its own where the endpoint is not AWS's.
    s3: new S3Client({ ...settings, expectContinueHeader: false, forcePathStyle: true }),
    caller: () => {
      caller ??= callerIdentity(new STSClient(settings));
      return caller;
    },
  };
}

async function callerIdentity(sts: STSClient): Promise<AwsCaller> {
  const action = "sts:GetCallerIdentity";
  const { Account: accountId = "", Arn: arn = "" } = await awsCall(action, () => sts.send(new GetCallerIdentityCommand({})));
  if (!/^\d{12}$/.test(accountId) || !arn.startsWith("arn:")) throw foreignAnswer(action);
  return { accountId, partition: arn.split(":")[1] ?? "aws", arn };
}
