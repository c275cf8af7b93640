import { describeServed } from "../../interop/served.ts";

describeServed("boto3", () => ["python3", "-c", "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"]);
