import type { Credentials } from "../core/credentials.ts";
import { Fault } from "../core/fault.ts";
import { handOutHint } from "../core/hand-out-hint.ts";
import { AWS_VARIABLES, awsEnvironment, type EnvironmentChange } from "./aws-config/environment.ts";
import { AZURE_VARIABLES, azureEnvironment } from "./azure/environment.ts";
import { GCP_VARIABLES, gcpEnvironment } from "./google/environment.ts";

/** In the environment of every program that `brevet exec` runs: the name of its profile. For prompts, and for brevet inside of it. */
export const EXEC_MARK = "BREVET_EXEC";

/** What changes in a process's environment for its tools to use these credentials. @throws {Fault} `CREDENTIALS_UNSUPPORTED` */
export function environmentOf(credentials: Credentials): EnvironmentChange {
  switch (credentials.kind) {
    case "aws":
      return awsEnvironment(credentials);
    case "gcp":
      return gcpEnvironment(credentials);
    case "azure":
      return azureEnvironment(credentials);
    case "bearer":
      throw new Fault("CREDENTIALS_UNSUPPORTED", "bearer credentials have no environment variables", {
        hints: [handOutHint(credentials.kind)],
      });
  }
}

/** Removes the credentials of every cloud from an environment. */
export const WITHOUT_CREDENTIALS: EnvironmentChange = {
  set: {},
  unset: [...AWS_VARIABLES, ...GCP_VARIABLES, ...AZURE_VARIABLES],
};
