import { ADMIN_COMMANDS } from "./admin/admin-commands.ts";
import type { CommandEntry, FoundCommand } from "./command.ts";
import type { CommandPath } from "./summaries.ts";
import { CREDENTIAL_AWS } from "./typed-command.ts";

/** A command that help and completion show, with its line in `summaries.ts`. */
export type ListedCommand = CommandEntry<CommandPath>;

/** Every command that a person types, under what they come for, in the order in which the help lists them. */
export const COMMAND_GROUPS: readonly { readonly title: string; readonly commands: readonly ListedCommand[] }[] = [
  {
    title: "to begin",
    commands: [
      { path: "init", load: () => import("./commands/init.ts") },
      { path: "setup aws", load: () => import("./commands/setup-aws.ts"), calledElsewhere: ["configure", "add"] },
      { path: "setup oidc", load: () => import("./commands/setup-oidc.ts") },
      { path: "setup gcp", load: () => import("./commands/setup-gcp.ts") },
      { path: "setup azure", load: () => import("./commands/setup-azure.ts") },
      { path: "import aws", load: () => import("./commands/import-aws.ts") },
      { path: "import aws-cli-oidc", load: () => import("./commands/import-aws-cli-oidc.ts") },
      { path: "import saml2aws", load: () => import("./commands/import-saml2aws.ts") },
      { path: "unsetup", load: () => import("./commands/unsetup.ts"), calledElsewhere: ["reset"] },
    ],
  },
  {
    title: "every day",
    commands: [
      { path: "login", load: () => import("./commands/login.ts"), calledElsewhere: ["enroll"] },
      { path: "logout", load: () => import("./commands/logout.ts") },
      CREDENTIAL_AWS,
      { path: "credential gcp", load: () => import("./commands/credential-gcp.ts") },
      { path: "credential kubernetes", load: () => import("./commands/credential-kubernetes.ts") },
      { path: "env", load: () => import("./commands/env.ts"), calledElsewhere: ["get-cred", "export"] },
      { path: "exec", load: () => import("./commands/exec.ts"), calledElsewhere: ["assume", "run", "shell"] },
      { path: "console", load: () => import("./commands/console.ts") },
      { path: "token", load: () => import("./commands/token.ts") },
      { path: "token inspect", load: () => import("./commands/token-inspect.ts") },
      { path: "roles", load: () => import("./commands/roles.ts") },
      {
        path: "status",
        load: () => import("./commands/status.ts"),
        calledElsewhere: ["whoami", "which", "list", "ls", "profiles", "identities"],
      },
      { path: "sessions list", load: () => import("./commands/sessions-list.ts") },
      { path: "sessions end", load: () => import("./commands/sessions-end.ts") },
      { path: "cache clear", load: () => import("./commands/cache-clear.ts"), calledElsewhere: ["clear", "clear-secret"] },
    ],
  },
  {
    title: "when something is wrong",
    commands: [
      { path: "doctor", load: () => import("./commands/doctor.ts") },
      { path: "explain", load: () => import("./commands/explain.ts") },
    ],
  },
  {
    title: "a device's issuer and key",
    commands: [
      { path: "issuer generate", load: () => import("./commands/issuer-generate.ts") },
      { path: "issuer publish", load: () => import("./commands/issuer-publish.ts") },
      { path: "issuer verify", load: () => import("./commands/issuer-verify.ts") },
      { path: "issuer rotate", load: () => import("./commands/issuer-rotate.ts") },
      { path: "issuer devices", load: () => import("./commands/issuer-devices.ts") },
      { path: "issuer revoke", load: () => import("./commands/issuer-revoke.ts") },
      { path: "issuer trust-policy", load: () => import("./commands/issuer-trust-policy.ts") },
      { path: "issuer admit", load: () => import("./commands/issuer-admit.ts") },
      { path: "signer attest", load: () => import("./commands/signer-attest.ts") },
      { path: "signer answer", load: () => import("./commands/signer-answer.ts") },
      { path: "signer test", load: () => import("./commands/signer-test.ts") },
    ],
  },
  {
    title: "the login server",
    commands: [
      { path: "serve", load: () => import("./commands/serve.ts") },
      { path: "serve backup", load: () => import("./commands/serve-backup.ts") },
      { path: "serve restore", load: () => import("./commands/serve-restore.ts") },
      ...ADMIN_COMMANDS,
      { path: "audit export", load: () => import("./commands/audit-export.ts") },
      { path: "audit verify", load: () => import("./commands/audit-verify.ts") },
      { path: "audit key", load: () => import("./commands/audit-key.ts") },
    ],
  },
  {
    title: "clouds to try it with, on this machine",
    commands: [
      { path: "sandbox start", load: () => import("./commands/sandbox-start.ts") },
      { path: "sandbox env", load: () => import("./commands/sandbox-env.ts") },
      { path: "sandbox trust", load: () => import("./commands/sandbox-trust.ts") },
      { path: "sandbox trust azure", load: () => import("./commands/sandbox-trust-azure.ts") },
      { path: "sandbox trust gcp", load: () => import("./commands/sandbox-trust-gcp.ts") },
      { path: "sandbox certificate", load: () => import("./commands/sandbox-certificate.ts") },
    ],
  },
  {
    title: "the shell",
    commands: [{ path: "completion", load: () => import("./commands/completion.ts") }],
  },
];

/** The commands that help and completion show. */
export const LISTED: readonly ListedCommand[] = COMMAND_GROUPS.flatMap(({ commands }) => commands);

/** Every command: also those that programs type, and the other names. */
export const COMMANDS: readonly CommandEntry[] = [
  ...LISTED,
  { path: "signer module", load: () => import("./commands/signer-module.ts"), hidden: true },
  { path: "sign-in run", load: () => import("./commands/sign-in-run.ts"), hidden: true },
  { path: "complete", load: () => import("./commands/complete.ts"), hidden: true },
  { path: "oidc generate", load: () => import("./commands/issuer-generate.ts"), aliasOf: "issuer generate" },
  { path: "oidc publish", load: () => import("./commands/issuer-publish.ts"), aliasOf: "issuer publish" },
  { path: "auth", load: () => import("./commands/auth.ts"), aliasOf: "credential aws" },
];

/** The command that the words begin with, and the words that are left; the longest name wins. */
export function findCommand(words: readonly string[]): FoundCommand | null {
  let found: CommandEntry | null = null;
  let length = 0;
  for (const entry of COMMANDS) {
    const path = entry.path.split(" ");
    if (path.length > length && path.every((word, index) => words[index] === word)) {
      found = entry;
      length = path.length;
    }
  }
  return found === null ? null : { entry: found, rest: words.slice(length) };
}
