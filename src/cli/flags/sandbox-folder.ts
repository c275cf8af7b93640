import { join, resolve } from "node:path";
import { Fault } from "../../core/fault.ts";
import type { Context, FlagValues } from "../command.ts";

/** The flags of every command that decides what a sandbox trusts. */
export const TRUSTED_FLAGS = {
  issuer: { kind: "text", value: "URL", doc: "the issuer's URL, exactly as in its tokens" },
  subject: { kind: "text", value: "SUB", doc: "the subject that is trusted" },
} as const;

/** The flag of every command that reads or changes a sandbox. */
export const SANDBOX_FOLDER = {
  kind: "text",
  value: "DIR",
  doc: "the sandbox's folder; default: in brevet's state folder",
} as const;

/** Where a sandbox keeps its state. @param named what `--folder` says. */
export function sandboxFolder(
  named: string | undefined,
  { paths, workingFolder }: Pick<Context, "paths" | "workingFolder">,
): string {
  return named === undefined ? join(paths.stateFolder, "sandbox") : resolve(workingFolder, named);
}

/** Whom the sandbox is to trust. @throws {Fault} `USAGE_INVALID` unless both are given. */
export function requireTrusted({ issuer, subject }: FlagValues<typeof TRUSTED_FLAGS>): {
  readonly issuer: string;
  readonly subject: string;
} {
  if (issuer !== undefined && subject !== undefined) return { issuer, subject };
  throw new Fault("USAGE_INVALID", "say whom to trust: --issuer and --subject", { hints: WHO_HINTS });
}

/** Where an issuer and a subject are to be seen. */
export const WHO_HINTS = ["run `brevet status` to see a device's issuer and subject"];
