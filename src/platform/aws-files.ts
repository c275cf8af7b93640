import { homedir } from "node:os";
import { join } from "node:path";
import type { Environment } from "./paths.ts";

/** The two files that AWS SDKs and tools share. */
export interface AwsFiles {
  readonly config: string;
  readonly credentials: string;
}

/** Where they are: `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE`, with `~` for the home folder, else in `~/.aws`. */
export function awsFiles(environment: Environment): AwsFiles {
  const home = environment["HOME"] || environment["USERPROFILE"] || homedir();
  const at = (variable: string, name: string): string =>
    (environment[variable] || join(home, ".aws", name)).replace(/^~(?=$|[\\/])/, () => home);
  return { config: at("AWS_CONFIG_FILE", "config"), credentials: at("AWS_SHARED_CREDENTIALS_FILE", "credentials") };
}
