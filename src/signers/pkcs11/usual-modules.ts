import { existsSync } from "node:fs";

/** Where the makers of tokens and Linux distributions put the libraries of systems; for macOS and Homebrew too. */
const FOLDERS = [
  "/usr/lib/x86_64-linux-gnu",
  "/usr/lib/aarch64-linux-gnu",
  "/usr/lib64",
  "/usr/lib64/pkcs11",
  "/usr/lib",
  "/usr/lib/pkcs11",
  "/usr/lib/softhsm",
  "/usr/local/lib",
  "/usr/local/lib/softhsm",
  "/opt/homebrew/lib",
  "/opt/homebrew/lib/softhsm",
  "/Library/OpenSC/lib",
];

/** Tokens that hold keys in hardware first: YubiKeys, smart cards, the TPM; then SoftHSM. */
const NAMES = ["libykcs11.so", "libykcs11.dylib", "opensc-pkcs11.so", "libtpm2_pkcs11.so", "libsofthsm2.so"];

/** The same on Windows, where each maker has a folder of its own, which administrators alone can write. */
const ON_WINDOWS = [
  "C:\\Program Files\\Yubico\\Yubico PIV Tool\\bin\\libykcs11.dll",
  "C:\\Program Files\\OpenSC Project\\OpenSC\\pkcs11\\opensc-pkcs11.dll",
];

/** PKCS #11 modules that are in the usual places of this machine, one for each name, best first. None is loaded. */
export function usualModules(): readonly string[] {
  if (process.platform === "win32") return ON_WINDOWS.filter(existsSync);
  return NAMES.flatMap((name) => FOLDERS.map((folder) => `${folder}/${name}`).find(existsSync) ?? []);
}
