// A real AWS client: the AWS SDK for JavaScript with its default credential chain, as any program would use it.
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

const { Arn } = await new STSClient({}).send(new GetCallerIdentityCommand({}));
console.log(Arn);
