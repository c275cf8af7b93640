import { dirname } from "node:path";
import { Fault } from "../core/fault.ts";
import type { JsonObject } from "../core/json-object.ts";
import { nearest } from "../core/nearest.ts";
import type { Outlet, Output } from "../core/outlet.ts";
import type { SignerKind } from "../core/signer.ts";
import type { KeyGuardKind, Store } from "../core/store.ts";
import type { Terminal } from "../core/terminal.ts";
import type { Clock } from "../core/time.ts";
import type { ConsolePorts, ConsoleWish } from "../outlets/console/outlet.ts";
import { credentialProcessOutlet } from "../outlets/credential-process/outlet.ts";
import type { EnvSyntax } from "../outlets/env/syntaxes.ts";
import type { ExecInput, ExecPorts } from "../outlets/exec/outlet.ts";
import type { GoogleExecutableWish } from "../outlets/google-executable/outlet.ts";
import type { Environment, Paths } from "../platform/paths.ts";
import type { PrivateFiles } from "../platform/private-files.ts";
import { keyFileGuardKind } from "../stores/key-file/key-file-guard.ts";
import type { AwsTrustSource } from "../trust/aws/trust-source.ts";
import type { AzureTrustSource } from "../trust/entra/trust-source.ts";
import type { GcpTrustSource } from "../trust/gcp/trust-source.ts";
import type { EnvironmentChange } from "../wire/aws-config/environment.ts";
import type { GuardName } from "../wire/brevet-config/config.ts";

/*
 * With its neighbours `*-kinds.ts` the only place that knows every kind: to add one is to add its folder and its line here. A kind's code is loaded when
 * something of that kind is used, so that what is broken or slow in one cannot hurt a command that does not need it. Only
 * what a cached call runs anyway is imported at the start: a chunk of its own would cost each call a fifth of a millisecond.
 */

/** The kind of that name. @throws {Fault} `KIND_UNKNOWN` with the nearest one there is. */
export function kindOf<T>(kinds: Readonly<Record<string, T>>, noun: string, name: string): T {
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (kind === undefined) throw unknownKind(noun, name, Object.keys(kinds));
  return kind;
}

function unknownKind(noun: string, kind: string, known: readonly string[]): Fault {
  const meant = nearest(kind, known);
  return new Fault("KIND_UNKNOWN", `there is no ${noun} of kind "${kind}"`, {
    hints: [meant === null ? `the kinds there are: ${known.join(", ")}` : `did you mean "${meant}"?`],
  });
}

/** What hands credentials out, by the name of the consumer. */
export interface Outlets {
  credentialProcess(output: Output): Promise<Outlet>;
  /** @param shell the reader's name; by default the shell that the environment names. */
  env(shell: string | undefined, output: Output): Promise<Outlet>;
  /** A change of variables that needs no credentials, in the same syntax. */
  variables(shell: string | undefined, change: EnvironmentChange): Promise<string>;
  exec(input: ExecInput): Promise<Outlet>;
  token(output: Output): Promise<Outlet>;
  /** @param asked what a client of Kubernetes says that it takes. */
  execCredential(asked: string | undefined, output: Output): Promise<Outlet>;
  googleExecutable(wish: GoogleExecutableWish, output: Output): Promise<Outlet>;
  /** @param how `browser`: a program's name; null: the system's. */
  console(wish: ConsoleWish, how: Pick<ConsolePorts, "http" | "output"> & { readonly browser: string | null }): Promise<Outlet>;
  /** The answer to Google's library when there is no token. */
  googleExecutableFault(fault: Fault): Promise<string>;
}

/** What can guard the key of the store, by the words of `--store` and `store.guard`. */
export function guardKinds(
  files: PrivateFiles,
  paths: Paths,
  keyFile: () => KeyGuardKind = () => keyFileGuardKind({ paths, files }),
): Readonly<Record<GuardName, () => Promise<KeyGuardKind>>> {
  return {
    keychain: async () => (await import("../stores/keychain/keychain-guard.ts")).keychainGuardKind(),
    file: async () => keyFile(),
    tpm: async () => (await import("../stores/tpm/tpm-guard.ts")).tpmGuardKind({ paths, files }),
  };
}

/** What a signer is made of, besides its options. */
export interface SignerParts {
  readonly store: Store;
  /** Whom a signer asks for a PIN or a touch. */
  readonly terminal: Terminal;
  readonly paths: Paths;
  /** What a signer that is a program is given a part of. */
  readonly environment: Environment;
}

type SignerLoader = (parts: SignerParts) => Promise<SignerKind<JsonObject>>;

/** What can hold a device key, best first: `init` takes the first that is hardware. */
export const SIGNERS: Readonly<Record<string, SignerLoader>> = {
  tpm2: async (parts) => (await import("../signers/tpm2/signer.ts")).tpm2Signers(parts),
  async pkcs11(parts) {
    const [{ pkcs11Signers }, { ownWords }] = await Promise.all([
      import("../signers/pkcs11/signer.ts"),
      import("../platform/processes/own-program.ts"),
    ]);
    return pkcs11Signers({ ...parts, moduleProgram: [...ownWords(), "signer", "module"] });
  },
  async "secure-enclave"(parts) {
    const [{ secureEnclaveSigners }, { ownWords }] = await Promise.all([
      import("../signers/secure-enclave/signer.ts"),
      import("../platform/processes/own-program.ts"),
    ]);
    return secureEnclaveSigners({
      ...parts,
      stateFolder: parts.paths.stateFolder,
      besideBrevet: dirname(ownWords().at(-1) ?? ""),
    });
  },
  command: async (parts) => (await import("../signers/command/signer.ts")).commandSigners(parts),
  software: async (parts) => (await import("../signers/software/signer.ts")).softwareSigners(parts),
};

/**
 * An external signer that no identity uses yet, for those who write one.
 *
 * @param asked names of variables that it is given besides the few that every program needs.
 * @throws {Fault} `CONFIG_MALFORMED` unless the program is named by its absolute path.
 */
export async function externalProgram(
  command: readonly string[],
  asked: readonly string[],
  environment: Environment,
): Promise<(request: string) => Promise<string>> {
  const { openProgram } = await import("../signers/command/open-program.ts");
  return openProgram({ command, asked, environment });
}

/** What the hidden command does that loads a PKCS #11 module: one request, one answer. */
export async function runModuleProcess(request: string, output: Output): Promise<void> {
  await (await import("../signers/pkcs11/module-process.ts")).runModuleProcess(request, output);
}

/** The consumers of credentials. */
export function outletsFor(environment: Environment, clock: Clock, say: (line: string) => void, files: PrivateFiles): Outlets {
  return {
    credentialProcess: async (output) => credentialProcessOutlet(output),
    async env(shell, output) {
      const [{ envOutlet }, syntax] = await Promise.all([import("../outlets/env/outlet.ts"), envSyntax(shell, environment)]);
      return envOutlet(syntax, output);
    },
    async variables(shell, change) {
      const [{ renderEnvironment }, syntax] = await Promise.all([
        import("../outlets/env/syntaxes.ts"),
        envSyntax(shell, environment),
      ]);
      return renderEnvironment(syntax, change);
    },
    async exec(input) {
      const [{ execOutlet }, { runForeground }, { supplyProgram }] = await Promise.all([
        import("../outlets/exec/outlet.ts"),
        import("../platform/processes/run-foreground.ts"),
        import("../outlets/exec/supply.ts"),
      ]);
      const supply: ExecPorts["supply"] = (wish, credentials) =>
        supplyProgram(wish, credentials, input.environment, { files, clock, warn: say });
      return execOutlet(input, { run: runForeground, supply, clock, say });
    },
    token: async (output) => (await import("../outlets/token/outlet.ts")).tokenOutlet(output),
    execCredential: async (asked, output) =>
      (await import("../outlets/exec-credential/outlet.ts")).execCredentialOutlet(asked, output),
    async googleExecutable(wish, output) {
      const { googleExecutableOutlet } = await import("../outlets/google-executable/outlet.ts");
      return googleExecutableOutlet(wish, output, (file, text) => files.replace(file, Buffer.from(text), "passing"));
    },
    async console(wish, { browser, ...ports }) {
      const [{ consoleOutlet }, { systemBrowser }] = await Promise.all([
        import("../outlets/console/outlet.ts"),
        import("../platform/browser.ts"),
      ]);
      return consoleOutlet(wish, { ...ports, clock, say, openBrowser: systemBrowser(environment, browser) });
    },
    googleExecutableFault: async (fault) => (await import("../outlets/google-executable/outlet.ts")).googleExecutableFault(fault),
  };
}

async function envSyntax(shell: string | undefined, environment: Environment): Promise<EnvSyntax> {
  const { guessSyntax, SHELL_NAMES, syntaxOf } = await import("../outlets/env/guess-syntax.ts");
  const syntax = shell === undefined ? guessSyntax(environment, process.platform) : syntaxOf(shell);
  if (syntax === null) throw unknownKind("shell", shell ?? "", SHELL_NAMES);
  return syntax;
}

/** The sandbox's IAM, as `explain` reads it. */
export async function sandboxTrust(folder: string, how: { readonly isNamed: boolean }): Promise<AwsTrustSource> {
  return (await import("../sandbox/iam/trust-source.ts")).sandboxTrust(folder, how);
}

/** The sandbox's Google Cloud, likewise. */
export async function sandboxGcpTrust(folder: string): Promise<GcpTrustSource> {
  return (await import("../sandbox/google/trust-source.ts")).sandboxGcpTrust(folder);
}

/** The sandbox's Entra ID, likewise. */
export async function sandboxAzureTrust(folder: string): Promise<AzureTrustSource> {
  return (await import("../sandbox/entra/trust-source.ts")).sandboxAzureTrust(folder);
}
