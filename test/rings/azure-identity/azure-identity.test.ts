import { join } from "node:path";
import { test } from "node:test";
import { pythonTools } from "../../../scripts/test/ring-tools.ts";
import { consumeAzure } from "../../scripts/azure-consumers.ts";
import { programUnderTest } from "../../scripts/program.ts";

const PROGRAM = [
  "from azure.identity import WorkloadIdentityCredential",
  "credential = WorkloadIdentityCredential(disable_instance_discovery=True)",
  'token = credential.get_token("https://management.azure.com/.default").token',
  'print("a token of the sandbox" if token.startswith("sandbox.") else token)',
].join("; ");

test("azure-identity for Python takes the token that exec keeps fresh", () =>
  consumeAzure(`${join(pythonTools(), "python")} -c '${PROGRAM}'`, programUnderTest()));
