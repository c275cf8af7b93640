import { Fault } from "../../core/fault.ts";
import { defineCommand } from "../command.ts";
import { gcpSetupFlags } from "../setup/gcp/flags.ts";

export const command = defineCommand({
  path: "setup gcp",
  description: [
    "With --project: creates what Google Cloud needs, once, as an administrator of the project: a workload identity pool with an OIDC",
    "provider, and a service account that this identity may act as. The public keys are uploaded, so that nothing has to be hosted.",
    "The administrator is whoever is signed in to gcloud or to Application Default Credentials, or whose token is in",
    "BREVET_GCP_ADMIN_TOKEN; it is not kept.",
    "With --provider alone: joins a provider that exists, and changes nothing in Google Cloud.",
    "",
    "Adds a profile to brevet's config, and a credential file beside it that gcloud and Google's libraries read. The file holds",
    "no secret. `brevet unsetup` removes exactly what was made.",
  ].join("\n"),
  flags: gcpSetupFlags,
  examples: [
    {
      line: "brevet setup gcp --project my-project --role roles/viewer",
      does: "create everything; then: gcloud auth login --cred-file=FILE, with the file that it names",
    },
    { line: "brevet setup gcp --project my-project --dry-run", does: "show what would be created" },
    {
      line: "brevet setup gcp --provider projects/123456789012/locations/global/workloadIdentityPools/brevet/providers/laptop",
      does: "join a provider that exists",
    },
  ],
  async run({ flags }, context) {
    if (flags.provider !== undefined)
      return (await import("../setup/gcp/join-provider.ts")).joinProvider(flags.provider, flags, context);
    if (flags.project === undefined) {
      throw new Fault("USAGE_INVALID", "`brevet setup gcp` needs --project or --provider", {
        hints: [
          "run `brevet setup gcp … --project my-project` to create the trust in that project",
          "run `brevet setup gcp … --provider NAME` with a provider that exists: `gcloud iam workload-identity-pools providers list --location=global --workload-identity-pool=POOL`",
        ],
      });
    }
    return (await import("../setup/gcp/create-trust.ts")).createTrust(flags.project, flags, context);
  },
});
