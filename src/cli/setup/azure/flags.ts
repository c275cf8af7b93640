import type { FlagValues } from "../../command.ts";
import { YES_FLAG } from "../../flags/confirmed.ts";
import { reachFlags } from "../../flags/reach-flags.ts";

/** The flags of `setup azure`. */
export const azureSetupFlags = {
  name: {
    kind: "text",
    value: "NAME",
    doc: "the app registration, or the user-assigned identity, that is made; default: after the identity",
  },
  "client-id": {
    kind: "text",
    value: "ID",
    doc: "an application that exists: only a federated credential is added to it",
    excludes: ["resource-group", "name"],
  },
  "resource-group": {
    kind: "text",
    value: "NAME",
    doc: "make a user-assigned identity there, instead of an app registration",
    needs: "location",
  },
  location: {
    kind: "text",
    value: "REGION",
    doc: "with --resource-group: where the identity is, as `westeurope`",
    needs: "resource-group",
  },
  role: { kind: "texts", value: "ROLE", doc: "what it may do, by the name of a role: `Reader`" },
  scope: {
    kind: "text",
    value: "PATH",
    doc: "where it may do that, as `/subscriptions/ID/resourceGroups/NAME`; default: the subscription",
    needs: "role",
  },
  subscription: { kind: "text", value: "ID", doc: "the subscription; default: the only one" },
  via: {
    kind: "text",
    value: "PROFILE",
    doc: "a profile of an AWS role's tokens (`awsToken`) proves it, for a key that has no RS256",
    excludes: ["identity", "allow-subject"],
  },
  "allow-subject": {
    kind: "text",
    value: "SUB",
    doc: "for people and build jobs: this subject; Entra ID takes one for each credential",
  },
  audience: { kind: "text", value: "AUDIENCE", doc: "the audience of the tokens; default api://AzureADTokenExchange" },
  wait: { kind: "text", value: "TIME", doc: "how long to try until Entra ID takes the trust; 0 tries nothing; default 7m" },
  profile: { kind: "text", value: "NAME", short: "p", doc: "the name of the profile; default azure" },
  identity: { kind: "text", value: "NAME", doc: "the identity that proves it; default: the only one" },
  ...reachFlags,
  "dry-run": { kind: "switch", doc: "show what would be done and do nothing" },
  ...YES_FLAG,
  json: { kind: "switch", doc: "print the plan as JSON" },
} as const;

export type AzureSetupFlags = FlagValues<typeof azureSetupFlags>;
