import { join } from "node:path";
import { describeOutliving, describeServed } from "../../interop/served.ts";

describeServed("boto3", () => ["python3", "-c", "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"]);
describeOutliving("boto3", () => ["python3", join(import.meta.dirname, "outlive.py")]);
