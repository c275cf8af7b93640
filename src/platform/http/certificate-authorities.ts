import { readFile } from "node:fs/promises";
import { Fault } from "../../core/fault.ts";
import type { Environment } from "../paths.ts";

const VARIABLES = ["AWS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"] as const;

/**
 * Every certificate authority to trust, PEM: those of the runtime and, added to them, those of `caFile` and of the files
 * that the environment names. Null when there is nothing to add: then the runtime's own are not even listed.
 *
 * Listing costs Node 20 ms, and a system's bundle another 40 if it is added as it stands. It mostly holds what the
 * runtime trusts anyway, so only certificates that the runtime does not have are added.
 *
 * @throws {Fault} `FILE_UNREADABLE` naming the variable: a bundle that was asked for and is not there would
 * otherwise show itself as a certificate problem of the far side.
 */
export async function certificateAuthorities(
  environment: Environment,
  caFile: string | undefined,
): Promise<readonly string[] | null> {
  const files = authorityFiles(environment, caFile);
  if (files.length === 0) return null;
  const bundles = await Promise.all(files.map(readBundle));
  const { rootCertificates } = await import("node:tls");
  const known = new Set(rootCertificates.map(withoutWhiteSpace));
  const added = bundles.flat().filter((certificate) => !known.has(withoutWhiteSpace(certificate)));
  return added.length === 0 ? null : [...rootCertificates, ...new Set(added)];
}

function withoutWhiteSpace(text: string): string {
  return text.replace(/\s+/g, "");
}

interface AuthorityFile {
  readonly path: string;
  readonly namedBy: string;
}

function authorityFiles(environment: Environment, caFile: string | undefined): readonly AuthorityFile[] {
  const files = new Map<string, AuthorityFile>();
  if (caFile) files.set(caFile, { path: caFile, namedBy: "--ca-file" });
  for (const namedBy of VARIABLES) {
    const path = environment[namedBy];
    if (path && !files.has(path)) files.set(path, { path, namedBy });
  }
  // The runtime has read this one itself when the process started.
  const [only] = files.size === 1 ? files.values() : [];
  const readByRuntime = only?.namedBy === "NODE_EXTRA_CA_CERTS" && only.path === process.env["NODE_EXTRA_CA_CERTS"];
  return readByRuntime ? [] : [...files.values()];
}

async function readBundle({ path, namedBy }: AuthorityFile): Promise<readonly string[]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new Fault("FILE_UNREADABLE", `the certificate file ${path} named by ${namedBy} cannot be read`, { cause });
  }
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  if (certificates !== null) return certificates;
  throw new Fault("FILE_UNREADABLE", `the file ${path} named by ${namedBy} holds no certificate in PEM form`);
}
