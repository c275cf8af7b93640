import { Fault } from "../../core/fault.ts";
import { reading } from "../file-faults.ts";
import type { Environment } from "../paths.ts";
import { readPlainText } from "../plain-file.ts";

/** The flag of commands that take an authority. */
export const CA_FILE_FLAG = "--ca-file";
const VARIABLES = ["AWS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"] as const;
/** More certificates than this are a system's bundle with something added, fewer are a company's own. */
const FEW = 10;

/**
 * The certificate authorities of one attempt to connect, PEM; null: the runtime's own. `wider` gives those of a further
 * attempt, for a host whose certificate comes from none of these; null when nobody else is trusted.
 */
export interface Authorities {
  readonly certificates: readonly string[] | null;
  readonly wider: (() => Promise<Authorities>) | null;
}

/** What the runtime trusts by default. */
export const RUNTIME_AUTHORITIES: Authorities = { certificates: null, wider: null };

/**
 * Whom to trust besides the runtime's own authorities: `caFile`, and the files that the environment names.
 *
 * The runtime takes a list instead of its own, and listing both costs Node 24 ms, Bun 7. So a few certificates are first tried
 * alone: a file that AWS's or OpenSSL's variable names is most likely for the host that is called. A system's bundle mostly holds
 * what the runtime trusts anyway: only what the runtime lacks is added to its list, often nothing.
 *
 * @throws {Fault} `FILE_UNREADABLE` naming the variable: a bundle that was asked for and is not there would
 * otherwise show itself as a certificate problem of the far side.
 */
export async function certificateAuthorities(environment: Environment, caFile: string | undefined): Promise<Authorities> {
  const files = authorityFiles(environment, caFile);
  if (files.length === 0) return RUNTIME_AUTHORITIES;
  const named: string[] = [];
  const seen = new Set<string>();
  for (const file of files) {
    for (const certificate of readBundle(file)) {
      if (!seen.has(certificate)) named.push(certificate);
      seen.add(certificate);
    }
  }
  return named.length > FEW ? withRuntime(named) : { certificates: named, wider: () => withRuntime(named) };
}

async function withRuntime(named: readonly string[]): Promise<Authorities> {
  const { rootCertificates } = await import("node:tls");
  const known = new Set(rootCertificates.map(withoutWhiteSpace));
  const added = named.filter((certificate) => !known.has(withoutWhiteSpace(certificate)));
  return added.length === 0 ? RUNTIME_AUTHORITIES : { certificates: [...rootCertificates, ...added], wider: null };
}

function withoutWhiteSpace(text: string): string {
  return text.replace(/\s+/g, "");
}

interface AuthorityFile {
  readonly path: string;
  readonly namedBy: string;
}

function authorityFiles(environment: Environment, caFile: string | undefined): readonly AuthorityFile[] {
  const files: AuthorityFile[] = [];
  const add = (path: string | undefined, namedBy: string): void => {
    if (path && !files.some((file) => file.path === path)) files.push({ path, namedBy });
  };
  add(caFile, CA_FILE_FLAG);
  for (const variable of VARIABLES) add(environment[variable], variable);
  const [first, second] = files;
  // The runtime has read this one itself when the process started.
  const readByRuntime = first?.namedBy === "NODE_EXTRA_CA_CERTS" && first.path === process.env["NODE_EXTRA_CA_CERTS"];
  return readByRuntime && second === undefined ? [] : files;
}

function readBundle({ path, namedBy }: AuthorityFile): readonly string[] {
  const text = reading(path, () => readPlainText(path), `the certificate file ${path} named by ${namedBy}`);
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  if (certificates !== null) return certificates;
  throw new Fault("FILE_UNREADABLE", `the file ${path} named by ${namedBy} holds no certificate in PEM form`);
}
