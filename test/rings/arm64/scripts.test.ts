import { resolve } from "node:path";
import { BIN } from "../../../scripts/bundle/executable.ts";
import { describeScripts } from "../../scripts/describe-scripts.ts";

/** What some scripts say of this platform's executable is true of the one for Linux arm64. QEMU runs it, ten times slower. */

const SCRIPTS = [
  "device-to-aws.txt",
  "device-to-azure.txt",
  "keys-only.txt",
  "roles.txt",
  "sandbox-saml.txt",
  "trial-issuer.txt",
];

const executable = resolve(import.meta.dirname, "../../..", BIN, "brevet-linux-arm64");
describeScripts(
  { name: "the executable for Linux arm64", command: ["qemu-aarch64-static", "-L", "/usr/aarch64-linux-gnu", executable] },
  SCRIPTS,
);
