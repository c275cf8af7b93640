import type { FlagValues } from "../../command.ts";
import { YES_FLAG } from "../../flags/confirmed.ts";
import { withFlag } from "../../flags/flag-groups.ts";

/** The flags of what creates the trust, which have no effect where one is joined. */
const creatingFlags = {
  ...withFlag("project", {
    role: { kind: "texts", value: "ROLE", doc: "what it may do there, as `roles/viewer`" },
    direct: {
      kind: "switch",
      doc: "no service account; the identity itself is given rights",
      excludes: ["service-account", "service-account-id", "duration"],
    },
    "service-account-id": {
      kind: "text",
      value: "ID",
      doc: "the service account that is made; default: after the identity",
      excludes: ["service-account"],
    },
    pool: { kind: "text", value: "ID", doc: "the workload identity pool; default: one for this identity" },
    "provider-id": { kind: "text", value: "ID", doc: "the provider in the pool; default brevet" },
    "hosted-keys": {
      kind: "switch",
      doc: "of a device: Google fetches the keys from the issuer; default: they are uploaded, and nothing is hosted",
    },
    wait: {
      kind: "text",
      value: "TIME",
      doc: "how long to try until Google takes the trust; 0 tries nothing; default 7m",
    },
  }),
  ...withFlag(
    "project",
    {
      "allow-subject": { kind: "texts", value: "SUB", doc: "this subject" },
      "allow-email": {
        kind: "texts",
        value: "ADDRESS",
        doc: "people: this e-mail address, if the issuer verified it",
      },
      condition: { kind: "text", value: "CEL", doc: "the provider's attribute condition" },
    },
    ", for people and build jobs",
  ),
} as const;

/** The flags of `setup gcp`: those of every setup, and those that create what Google Cloud needs. */
export const gcpSetupFlags = {
  project: {
    kind: "text",
    value: "ID",
    doc: "create the trust in this project; with --provider, the project that `env` and `exec` set",
  },
  provider: {
    kind: "text",
    value: "NAME",
    doc: "join a workload identity provider that exists, by its resource name",
    excludes: Object.keys(creatingFlags),
  },
  "service-account": {
    kind: "text",
    value: "EMAIL",
    doc: "a service account that exists, to act as; default: with --project one that is made, with --provider none",
  },
  profile: { kind: "text", value: "NAME", short: "p", doc: "the name of the profile; default gcp" },
  identity: { kind: "text", value: "NAME", doc: "the identity that proves it; default: the only one" },
  program: { kind: "text", value: "FILE", doc: "the brevet that Google's tools run; default: the one that runs now" },
  duration: { kind: "text", value: "TIME", doc: "how long a service account's token lives, 10m to 12h; default 1h" },
  scope: { kind: "texts", value: "SCOPE", doc: "a scope of the token; default cloud-platform" },
  audience: { kind: "text", value: "AUDIENCE", doc: "the audience of the identity's tokens; default: the provider's name" },
  "dry-run": { kind: "switch", doc: "show what would be done and do nothing" },
  ...YES_FLAG,
  json: { kind: "switch", doc: "print the plan as JSON" },
  ...creatingFlags,
} as const;

export type GcpSetupFlags = FlagValues<typeof gcpSetupFlags>;
