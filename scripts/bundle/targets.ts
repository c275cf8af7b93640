/** A platform that the standalone executable is built for. */
export interface Target {
  /** As in the name of the artifact. */
  readonly name: string;
  readonly platform: NodeJS.Platform;
  readonly arch: NodeJS.Architecture;
  /** What `bun build --target` calls it. */
  readonly bunTarget: string;
  /** The npm package that holds the Bun that becomes the executable, and the file in it. */
  readonly basePackage: string;
  readonly baseFile: string;
  /** The npm package of the keychain's native part, and the file in it. */
  readonly keychainPackage: string;
  readonly keychainFile: string;
  /** The npm package of the native part that loads PKCS #11 modules, and the file in it. */
  readonly koffiPackage: string;
  readonly koffiFile: string;
  /** What {@link executableFormat} says of an executable and of a native part of this target. */
  readonly format: string;
}

/** Every target of a release. */
export const TARGETS: readonly Target[] = [
  {
    name: "linux-x64",
    platform: "linux",
    arch: "x64",
    bunTarget: "bun-linux-x64",
    basePackage: "@oven/bun-linux-x64",
    baseFile: "bin/bun",
    keychainPackage: "@napi-rs/keyring-linux-x64-gnu",
    keychainFile: "keyring.linux-x64-gnu.node",
    koffiPackage: "@koromix/koffi-linux-x64",
    koffiFile: "linux_x64/koffi.node",
    format: "elf x64",
  },
  {
    name: "linux-arm64",
    platform: "linux",
    arch: "arm64",
    bunTarget: "bun-linux-arm64",
    basePackage: "@oven/bun-linux-aarch64",
    baseFile: "bin/bun",
    keychainPackage: "@napi-rs/keyring-linux-arm64-gnu",
    keychainFile: "keyring.linux-arm64-gnu.node",
    koffiPackage: "@koromix/koffi-linux-arm64",
    koffiFile: "linux_arm64/koffi.node",
    format: "elf arm64",
  },
  {
    name: "darwin-arm64",
    platform: "darwin",
    arch: "arm64",
    bunTarget: "bun-darwin-arm64",
    basePackage: "@oven/bun-darwin-aarch64",
    baseFile: "bin/bun",
    keychainPackage: "@napi-rs/keyring-darwin-arm64",
    keychainFile: "keyring.darwin-arm64.node",
    koffiPackage: "@koromix/koffi-darwin-arm64",
    koffiFile: "darwin_arm64/koffi.node",
    format: "mach-o arm64",
  },
  {
    name: "windows-x64",
    platform: "win32",
    arch: "x64",
    bunTarget: "bun-windows-x64",
    basePackage: "@oven/bun-windows-x64",
    baseFile: "bin/bun.exe",
    keychainPackage: "@napi-rs/keyring-win32-x64-msvc",
    keychainFile: "keyring.win32-x64-msvc.node",
    koffiPackage: "@koromix/koffi-win32-x64",
    koffiFile: "win32_x64/koffi.node",
    format: "pe x64",
  },
];

/** The target of this machine; null where a release has none. */
export function ownTarget(): Target | null {
  return TARGETS.find(({ platform, arch }) => platform === process.platform && arch === process.arch) ?? null;
}

/** The artifact's file name. */
export function executableName(target: Target): string {
  return `brevet-${target.name}${target.platform === "win32" ? ".exe" : ""}`;
}

/**
 * What kind of native code a file is, from its first bytes: `elf x64`, `mach-o arm64`, `pe x64`; `unknown` else.
 *
 * @see System V ABI, ELF header: e_machine u16 at 18; Mach-O: magic u32 ‖ cputype u32; PE: u32 at 60 leads to `PE\0\0` ‖ machine u16
 */
export function executableFormat(bytes: Buffer): string {
  if (bytes.length < 64) return "unknown";
  if (bytes.readUInt32BE(0) === 0x7f454c46) return `elf ${{ 62: "x64", 183: "arm64" }[bytes.readUInt16LE(18)] ?? "unknown"}`;
  if (bytes.readUInt32LE(0) === 0xfeedfacf) {
    return `mach-o ${{ 16777223: "x64", 16777228: "arm64" }[bytes.readUInt32LE(4)] ?? "unknown"}`;
  }
  const header = bytes.readUInt32LE(60);
  if (bytes.readUInt16BE(0) === 0x4d5a && header + 6 <= bytes.length && bytes.readUInt32BE(header) === 0x50450000) {
    return `pe ${{ 34404: "x64", 43620: "arm64" }[bytes.readUInt16LE(header + 4)] ?? "unknown"}`;
  }
  return "unknown";
}
