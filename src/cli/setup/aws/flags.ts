import type { FlagValues } from "../../command.ts";
import { YES_FLAG } from "../../flags/confirmed.ts";
import { inGroup, withFlag } from "../../flags/flag-groups.ts";
import { PROGRAM_FLAG } from "../../flags/program-flag.ts";
import { samlFlags } from "./saml-flags.ts";

/** The flags of `setup aws`: those of every setup, and those that create what AWS needs. */
export const awsSetupFlags = {
  "policy-arn": {
    kind: "texts",
    value: "ARN",
    doc: "create the trust, with a role that has this managed policy",
  },
  role: {
    kind: "text",
    value: "ARN",
    doc: "join a role that exists, whose trust policy names this identity",
    excludes: ["policy-arn"],
  },
  profile: { kind: "text", value: "NAME", short: "p", doc: "the name of the profile; default: brevet, brevet-2, …" },
  region: {
    kind: "text",
    value: "REGION",
    doc: "of the profile and of the stack; default: what the profile has, else $AWS_REGION, else none, us-east-1 for a stack",
  },
  identity: { kind: "text", value: "NAME", doc: "the identity that proves it; default: the only one" },
  program: PROGRAM_FLAG,
  "endpoint-url": { kind: "text", value: "URL", doc: "another STS endpoint, kept in the profile" },
  "dry-run": { kind: "switch", doc: "show what would be done and do nothing" },
  ...YES_FLAG,
  json: { kind: "switch", doc: "print the plan as JSON" },
  ...withFlag("role", {
    via: {
      kind: "text",
      value: "PROFILE",
      doc: "go on from the credentials of this profile, whose role may assume the other one: role chaining",
      excludes: ["identity", ...Object.keys(samlFlags)],
    },
  }),
  ...inGroup("for a role that trusts a SAML provider", samlFlags),
  ...withFlag("policy-arn", {
    "stack-name": { kind: "text", value: "NAME", doc: "the CloudFormation stack; default brevet-infra" },
    "role-name": { kind: "text", value: "NAME", doc: "the role; default brevet-device-role" },
    hosting: {
      kind: "text",
      value: "KIND",
      choices: ["cloudfront", "s3"],
      doc: "what serves the issuer's two files; default cloudfront, in front of a private bucket",
    },
    issuer: { kind: "text", value: "URL", doc: "the issuer that serves them already; nothing is hosted" },
    "change-issuer": {
      kind: "switch",
      doc: "give the device another issuer although other setups trust the one that it has",
    },
    "permissions-boundary": { kind: "text", value: "ARN", doc: "a managed policy that bounds the role" },
    "max-session-duration": {
      kind: "text",
      value: "TIME",
      doc: "the role's longest session, 1h to 12h; default 1h",
    },
    "token-audience": {
      kind: "text",
      value: "AUDIENCE",
      doc: "let the role ask AWS for RS256 tokens for this audience, and write a profile for them: the way to Azure",
    },
    tag: {
      kind: "texts",
      value: "KEY=VALUE",
      doc: "a tag for everything that is made",
    },
    "pin-role": {
      kind: "switch",
      doc: "the token must name the role (sts:RoleAuthorizedByIdp); untested on AWS, so off by default",
    },
    "bind-session-name": {
      kind: "switch",
      doc: "the session's name must be the token's subject; untested on AWS, so off by default",
    },
    wait: {
      kind: "text",
      value: "TIME",
      doc: "how long to try until AWS takes the new trust; 0 tries nothing; default 5m",
    },
    account: {
      kind: "text",
      value: "ID",
      doc: "the account; where something is printed, nobody has to be signed in to it",
    },
  }),
  ...withFlag(
    "policy-arn",
    {
      "allow-email": {
        kind: "texts",
        value: "ADDRESS",
        doc: "this subject",
      },
      "allow-domain": {
        kind: "texts",
        value: "DOMAIN",
        doc: "every subject that ends in @DOMAIN",
      },
      "allow-subject": {
        kind: "texts",
        value: "SUB",
        doc: "also for build jobs: this subject, where * stands for anything",
      },
      "allow-group": {
        kind: "texts",
        value: "GROUP",
        doc: "only with this value of the session tag `group`; of several, one is enough",
      },
      audience: {
        kind: "text",
        value: "AUDIENCE",
        doc: "the audience of the tokens; default: the identity's clientId, else sts.amazonaws.com",
      },
      "saml-metadata": {
        kind: "text",
        value: "FILE",
        doc: "trust assertions of the SAML provider that this is the metadata of, in place of tokens",
        excludes: ["hosting", "issuer", "stack-name", "audience", "pin-role", "bind-session-name", "token-audience"],
      },
      "saml-provider": {
        kind: "text",
        value: "NAME",
        needs: "saml-metadata",
        doc: "the SAML provider's name in IAM; default brevet",
      },
    },
    ", for people",
  ),
  ...withFlag(
    "policy-arn",
    {
      "print-admin-policy": {
        kind: "switch",
        doc: "print the IAM policy that an administrator needs for exactly this, and do nothing",
      },
      print: {
        kind: "text",
        value: "FORM",
        choices: ["cloudformation", "terraform", "cli", "console"],
        doc: "print the same trust in that form, to create it by hand, and do nothing",
      },
    },
    ", to print and do nothing",
  ),
} as const;

export type AwsSetupFlags = FlagValues<typeof awsSetupFlags>;
