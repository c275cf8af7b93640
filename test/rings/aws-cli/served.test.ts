import { describeServed } from "../../interop/served.ts";

describeServed("the aws command", () => ["aws", "sts", "get-caller-identity"]);
