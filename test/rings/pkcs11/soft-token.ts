import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SignerKind } from "../../../src/core/signer.ts";
import type { Store } from "../../../src/core/store.ts";
import { pkcs11Signers } from "../../../src/signers/pkcs11/signer.ts";
import { programUnderTest } from "../../scripts/program.ts";

/** Where Debian has the module of SoftHSM. */
export const SOFTHSM =
  ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"].find(existsSync) ?? "";

export const PIN = "1234";

/** A token that SoftHSM keeps in a folder. */
export interface SoftToken {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Runs a tool of SoftHSM or OpenSC on it. */
  tool(program: "softhsm2-util" | "pkcs11-tool", ...args: readonly string[]): string;
  /** Makes another one beside it. */
  addToken(label: string): void;
  close(): void;
}

/** @param mechanisms what SoftHSM offers, in its own words: `ALL`, `-CKM_RSA_PKCS`. */
export function openSoftToken(mechanisms = "ALL"): SoftToken {
  const folder = mkdtempSync(join(tmpdir(), "soft-token-"));
  mkdirSync(join(folder, "tokens"));
  const config = join(folder, "softhsm2.conf");
  writeFileSync(
    config,
    `directories.tokendir = ${join(folder, "tokens")}\nlog.level = ERROR\nslots.mechanisms = ${mechanisms}\n`,
  );
  const environment = { PATH: process.env["PATH"] ?? "", SOFTHSM2_CONF: config };
  const tool: SoftToken["tool"] = (program, ...args) =>
    execFileSync(program, [...(program === "pkcs11-tool" ? ["--module", SOFTHSM] : []), ...args], {
      env: environment,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  const addToken = (label: string): void => {
    tool("softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", "12345678", "--pin", PIN);
  };
  addToken("dev");
  return { folder, environment, tool, addToken, close: () => rmSync(folder, { recursive: true }) };
}

/** What a person answers, and what they are told. */
export interface Person {
  readonly pins: string[];
  readonly heard: string[];
}

/** The kind `pkcs11` over a token, as brevet makes it. */
export function signersOn(
  token: Pick<SoftToken, "environment">,
  store: Store,
  { person = { pins: [], heard: [] }, deadlineSeconds = 20 }: { person?: Person; deadlineSeconds?: number } = {},
): SignerKind<Readonly<Record<string, unknown>>> {
  const hear = (line: string): void => void person.heard.push(line);
  const terminal = { askSecret: async (): Promise<string> => person.pins.shift() ?? PIN, instruct: hear, say: hear };
  const moduleProgram = [...programUnderTest().command, "signer", "module"] as const;
  return pkcs11Signers({ store, terminal, environment: token.environment, moduleProgram, deadlineSeconds });
}
