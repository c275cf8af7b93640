import { DescribeStackResourcesCommand } from "@aws-sdk/client-cloudformation";
import { ListTagsForResourceCommand } from "@aws-sdk/client-cloudfront";
import { ListOpenIDConnectProviderTagsCommand, ListRoleTagsCommand } from "@aws-sdk/client-iam";
import { GetBucketTaggingCommand } from "@aws-sdk/client-s3";
import { awsCall } from "../../platform/aws-sdk/call.ts";
import { OWNER_TAG } from "../../setup/aws/trust-stack.ts";
import type { AwsClients } from "./clients.ts";

interface Tag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** How the tags of each type of resource are read: null where the resource is gone. */
const TAGS_OF: Readonly<Record<string, (id: string, clients: AwsClients) => Promise<readonly Tag[] | null>>> = {
  "AWS::S3::Bucket": async (id, { s3 }) => {
    const answer = await awsCall(
      "s3:GetBucketTagging",
      () => s3.send(new GetBucketTaggingCommand({ Bucket: id })).catch(withoutTags),
      ["NoSuchBucket"],
    );
    return answer === null ? null : (answer.TagSet ?? []);
  },
  "AWS::CloudFront::Distribution": async (id, clients) => {
    const { accountId, partition } = await clients.caller();
    const command = new ListTagsForResourceCommand({ Resource: `arn:${partition}:cloudfront::${accountId}:distribution/${id}` });
    const answer = await awsCall("cloudfront:ListTagsForResource", () => clients.cloudFront.send(command), ["NoSuchResource"]);
    return answer === null ? null : (answer.Tags?.Items ?? []);
  },
  "AWS::IAM::OIDCProvider": async (id, { iam }) => {
    const command = new ListOpenIDConnectProviderTagsCommand({ OpenIDConnectProviderArn: id });
    const answer = await awsCall("iam:ListOpenIDConnectProviderTags", () => iam.send(command), ["NoSuchEntityException"]);
    return answer === null ? null : (answer.Tags ?? []);
  },
  "AWS::IAM::Role": async (id, { iam }) => {
    const command = new ListRoleTagsCommand({ RoleName: id });
    const answer = await awsCall("iam:ListRoleTags", () => iam.send(command), ["NoSuchEntityException"]);
    return answer === null ? null : (answer.Tags ?? []);
  },
};

/** The resources of a stack by their logical ids, as AWS calls them. */
export async function stackResources(clients: AwsClients, stackId: string): Promise<ReadonlyMap<string, string>> {
  return new Map((await describeResources(clients, stackId)).map(({ logicalId, id }) => [logicalId, id]));
}

/** The resources of a stack that are there and do not bear our tag any more, in words. */
export async function untaggedResources(clients: AwsClients, stackId: string, owner: string): Promise<readonly string[]> {
  const untagged: string[] = [];
  for (const { logicalId, id, type } of await describeResources(clients, stackId)) {
    const tags = (await TAGS_OF[type]?.(id, clients)) ?? null;
    if (tags !== null && !tags.some(({ Key, Value }) => Key === OWNER_TAG && Value === owner))
      untagged.push(`${logicalId} ${id}`);
  }
  return untagged;
}

async function describeResources(
  { cloudFormation }: AwsClients,
  stackId: string,
): Promise<readonly { readonly logicalId: string; readonly id: string; readonly type: string }[]> {
  const command = new DescribeStackResourcesCommand({ StackName: stackId });
  const { StackResources: resources = [] } = await awsCall("cloudformation:DescribeStackResources", () =>
    cloudFormation.send(command),
  );
  return resources.flatMap(({ LogicalResourceId: logicalId, PhysicalResourceId: id, ResourceType: type }) =>
    logicalId === undefined || id === undefined || type === undefined ? [] : [{ logicalId, id, type }],
  );
}

/** S3 answers with an error where a bucket has no tags at all. */
function withoutTags(error: unknown): { readonly TagSet?: readonly Tag[] } {
  if (error instanceof Error && error.name === "NoSuchTagSet") return {};
  throw error;
}
