import { describeOutliving, describeServed } from "../../interop/served.ts";

describeServed("the aws command", () => ["aws", "sts", "get-caller-identity"]);

// A shell script that runs for long starts the command anew each time.
const TELL = [
  // The end of the key: the command shows no more of it.
  "key=$(aws configure list | awk '/access_key/ { print $2 }')",
  'echo "$key $(aws sts get-caller-identity --query Arn --output text)"',
].join("; ");
describeOutliving("the aws command", () => ["sh", "-c", `${TELL}; sleep "$BREVET_TEST_LIFE"; ${TELL}`]);
