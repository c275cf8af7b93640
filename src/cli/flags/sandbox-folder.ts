import { join, resolve } from "node:path";
import type { Context } from "../command.ts";

/** The flags of every command that decides what a sandbox trusts. */
export const TRUSTED_FLAGS = {
  issuer: { kind: "text", value: "URL", doc: "the issuer's URL, exactly as in its tokens", required: true },
  subject: {
    kind: "text",
    value: "SUB",
    doc: "the subject that is trusted; `brevet status` shows a device's",
    required: true,
  },
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
