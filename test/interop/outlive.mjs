// A client of the AWS SDK for JavaScript that calls AWS twice, with longer between than its first credentials live.
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

const client = new STSClient({});

async function tell() {
  const { Arn } = await client.send(new GetCallerIdentityCommand({}));
  const { accessKeyId } = await client.config.credentials();
  console.log(accessKeyId, Arn);
}

await tell();
await new Promise((resolve) => setTimeout(resolve, Number(process.env.BREVET_TEST_LIFE) * 1000));
await tell();
