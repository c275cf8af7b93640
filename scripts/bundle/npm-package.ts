import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * A file of an npm package that is made for another platform, so that `npm ci` left it out: fetched by npm, held
 * against the digest of `package-lock.json`, unpacked below `build/native`.
 *
 * @returns the path of the file.
 * @throws {Error} when the lockfile does not know the package or the digest differs: then nothing was unpacked.
 */
export function fileOfPackage(name: string, file: string): string {
  const { version, integrity } = lockedPackage(name);
  const installed = join("node_modules", name, file);
  if (existsSync(installed)) return installed;
  const folder = join("build", "native", `${name.replace(/^@/, "").replaceAll("/", "-")}-${version}`);
  const tarball = `${folder}.tgz`;
  mkdirSync(join("build", "native"), { recursive: true });
  if (!existsSync(tarball)) {
    execFileSync("npm", ["pack", `${name}@${version}`, "--pack-destination", join("build", "native"), "--silent"], {
      stdio: ["ignore", "ignore", "inherit"],
      shell: process.platform === "win32",
    });
  }
  const digest = `sha512-${createHash("sha512").update(readFileSync(tarball)).digest("base64")}`;
  if (digest !== integrity) throw new Error(`${tarball} is ${digest}, and package-lock.json says ${integrity}`);
  mkdirSync(folder, { recursive: true });
  execFileSync("tar", ["-xzf", tarball, "-C", folder, "--strip-components=1"]);
  return join(folder, file);
}

interface LockedPackage {
  readonly version: string;
  readonly integrity: string;
}

function lockedPackage(name: string): LockedPackage {
  const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as { packages: Record<string, LockedPackage> };
  const locked = lock.packages[`node_modules/${name}`];
  if (locked === undefined) throw new Error(`package-lock.json does not know ${name}`);
  return locked;
}
