import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";
import { ownTarget } from "./targets.ts";

/** Packages that no bundler sees inside of: native parts, and the runtime that the executable is made of. */
const NATIVE: readonly string[] = ["@napi-rs/keyring", "bun", "koffi", "libsql"];

/** The licence texts of every package whose code is in the bundle or in the executable: most of them ask to go with it. */
export function thirdPartyLicenses({ inputs }: Metafile): string {
  const own = ownTarget();
  const native = [...NATIVE, ...(own === null ? [] : [own.keychainPackage, own.koffiPackage])];
  const folders = new Set([
    ...Object.keys(inputs).flatMap((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
    ...native.map((name) => join("node_modules", name)).filter((folder) => existsSync(folder)),
  ]);
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, string>;
    const files = readdirSync(folder).filter((entry) => /^(licen[cs]e|notice)/i.test(entry));
    const found = files.map((file) => readFileSync(join(folder, file), "utf8").trim());
    return `${name} ${version}\n\n${found.length === 0 ? `Licence: ${license}` : found.join("\n\n")}\n`;
  });
  return `The program contains code of these packages.\n\n${texts.join(`\n${"-".repeat(80)}\n\n`)}`;
}
