import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SwTpm } from "./swtpm.ts";

/** The real tools on the same TPM, in a folder of their own. */
export interface Tpm2Tools {
  /** Runs `tpm2_<name>`. @throws when it fails. */
  run(name: string, ...args: readonly string[]): string;
  write(name: string, bytes: Uint8Array): string;
  read(name: string): Buffer;
  /** What is loaded: handles of a kind, as the tool lists them. */
  handles(kind: "transient" | "persistent" | "loaded-session"): readonly string[];
  /** Makes the storage root key by the same template, in `root.ctx`. */
  makeRoot(...args: readonly string[]): void;
}

export const ROOT_ATTRIBUTES = "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|restricted|decrypt";

export function tpm2Tools(chip: SwTpm): Tpm2Tools {
  const folder = join(chip.folder, "tools");
  mkdirSync(folder, { recursive: true });
  const run = (name: string, ...args: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync(`tpm2_${name}`, args, {
      cwd: folder,
      env: { ...process.env, ...chip.environment, TPM2TOOLS_AUTOFLUSH: "yes" },
      encoding: "utf8",
      timeout: 120_000,
    });
    assert.equal(status, 0, `tpm2_${name} ${args.join(" ")}: ${stderr}`);
    return stdout;
  };
  return {
    run: (name, ...args) => {
      const output = run(name, ...args);
      // There is no resource manager: what a tool leaves is in the way of the next.
      if (name !== "getcap") run("flushcontext", "--transient-object");
      return output;
    },
    write: (name, bytes) => {
      writeFileSync(join(folder, name), bytes);
      return name;
    },
    read: (name) => readFileSync(join(folder, name)),
    handles: (kind) => run("getcap", `handles-${kind}`).match(/0x[0-9A-F]+/gi) ?? [],
    makeRoot(...args) {
      const attributes = args.length === 0 ? ["-G", "ecc", "-a", `${ROOT_ATTRIBUTES}|noda`] : args;
      run("createprimary", "-Q", "-C", "o", "-g", "sha256", ...attributes, "-c", "root.ctx");
      run("flushcontext", "--transient-object");
    },
  };
}
