import { readFile } from "node:fs/promises";
import { Fault } from "../../core/fault.ts";
import type { Environment } from "../paths.ts";

const VARIABLES = ["AWS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"] as const;

/**
 * Every certificate authority to trust, PEM: those of the runtime and, added to them, those of `caFile` and of the files
 * that the environment names. Null when there is nothing to add: then the runtime's own are not even listed.
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
  const added = await Promise.all(files.map(readBundle));
  const { rootCertificates } = await import("node:tls");
  return [...rootCertificates, ...added];
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

async function readBundle({ path, namedBy }: AuthorityFile): Promise<string> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new Fault("FILE_UNREADABLE", `the certificate file ${path} named by ${namedBy} cannot be read`, { cause });
  }
  if (!text.includes("-----BEGIN ")) {
    throw new Fault("FILE_UNREADABLE", `the file ${path} named by ${namedBy} holds no certificate in PEM form`);
  }
  return text;
}
