import { createPrivateKey, X509Certificate as NodeCertificate, randomBytes, type webcrypto } from "node:crypto";
import { isIP } from "node:net";
import { join } from "node:path";
import { Fault } from "../../core/fault.ts";
import type { EpochSeconds } from "../../core/time.ts";
import { type PrivateFiles, privateFiles } from "../../platform/private-files.ts";
import { writeWhole } from "../sandbox-folder.ts";

/** A certificate chain and its private key, both PEM. */
export interface TlsIdentity {
  readonly certificate: string;
  readonly key: string;
}

/** The sandbox's certificate authority: what it trusts when it fetches, and what its clients have to trust. */
export interface Authority {
  /** The path of the CA certificate, for `AWS_CA_BUNDLE`. */
  readonly caFile: string;
  /** The CA certificate, PEM. */
  readonly caCertificate: string;
  /** A new leaf for these names (DNS names or addresses). */
  issue(names: readonly string[]): Promise<TlsIdentity>;
  /** A leaf for these names, kept in the folder between starts: only a first start pays for the X.509 library. */
  kept(names: readonly string[]): Promise<TlsIdentity>;
}

const DAY_SECONDS = 86_400;
const CA_DAYS = 3650;
/** Apple's and Chrome's upper bound for a leaf is 398 days. */
const LEAF_DAYS = 90;
const ECDSA_P256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/**
 * Opens the certificate authority of a sandbox folder, making it at the first start. Its key is in `private/`, for the owner
 * only; `ca.pem` is for everybody. Two sandboxes that start at once in one folder get one authority.
 *
 * @throws {Fault} `FILE_UNWRITABLE`, `FILE_UNSAFE`, `FILE_UNREADABLE`; `SANDBOX_INVALID` when the kept key is damaged.
 */
export async function openAuthority(folder: string, now: () => EpochSeconds): Promise<Authority> {
  const files = privateFiles();
  const ca = await loadOrMake(files, join(folder, "private", "authority.pem"), () => makeAuthority(now()));
  const caFile = join(folder, "ca.pem");
  writeWhole(caFile, ca.certificate);
  const issue = (names: readonly string[]) => makeLeaf(ca, names, now());
  return {
    caFile,
    caCertificate: ca.certificate,
    issue,
    async kept(names) {
      const file = join(folder, "private", "server.pem");
      const found = readKept(files.read(file), ca, names, now());
      if (found !== null) return found;
      const made = await issue(names);
      files.replace(file, Buffer.from(joinPem(made)));
      return made;
    },
  };
}

async function loadOrMake(files: PrivateFiles, file: string, make: () => Promise<TlsIdentity>): Promise<TlsIdentity> {
  if (files.read(file) === null) files.create(file, Buffer.from(joinPem(await make())), "lasting");
  const kept = splitPem(Buffer.from(files.read(file) ?? []).toString("utf8"));
  if (kept !== null) return kept;
  throw new Fault("SANDBOX_INVALID", `${file} does not hold a key and its certificate`, {
    details: { file },
    hints: [`remove ${file}: a new authority is made, which clients have to be told of again`],
  });
}

/** One file for both halves: they are there together or not at all. */
function joinPem({ key, certificate }: TlsIdentity): string {
  return `${key.trim()}\n${certificate.trim()}\n`;
}

function splitPem(text: string): TlsIdentity | null {
  const at = text.indexOf("-----BEGIN CERTIFICATE-----");
  return at > 0 && text.includes("PRIVATE KEY-----") ? { key: text.slice(0, at), certificate: text.slice(at) } : null;
}

/** Loaded late: the library and its reflection polyfill cost a fifth of a second, and most starts need no new certificate. */
async function x509Library() {
  await import("reflect-metadata/lite");
  return import("@peculiar/x509");
}

async function makeAuthority(now: EpochSeconds): Promise<TlsIdentity> {
  const x509 = await x509Library();
  const keys = await crypto.subtle.generateKey(ECDSA_P256, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: "CN=brevet sandbox CA",
    ...validity(now, CA_DAYS),
    signingAlgorithm: ECDSA_P256,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: `${certificate.toString("pem")}\n`, key: await privatePem(keys.privateKey) };
}

async function makeLeaf(ca: TlsIdentity, names: readonly string[], now: EpochSeconds): Promise<TlsIdentity> {
  const x509 = await x509Library();
  const issuer = new x509.X509Certificate(ca.certificate);
  const pkcs8 = createPrivateKey(ca.key).export({ type: "pkcs8", format: "der" });
  const signingKey = await crypto.subtle.importKey("pkcs8", pkcs8, ECDSA_P256, false, ["sign"]);
  const keys = await crypto.subtle.generateKey(ECDSA_P256, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: "CN=brevet sandbox",
    issuer: issuer.subject,
    ...validity(now, LEAF_DAYS),
    signingAlgorithm: ECDSA_P256,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((name) => ({ type: isIP(name) === 0 ? ("dns" as const) : ("ip" as const), value: name })),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: certificate.toString("pem"), key: await privatePem(keys.privateKey) };
}

/** The kept leaf, if it still is of this CA, covers every name and has a day left. */
function readKept(bytes: Uint8Array | null, ca: TlsIdentity, names: readonly string[], now: EpochSeconds): TlsIdentity | null {
  const kept = bytes === null ? null : splitPem(Buffer.from(bytes).toString("utf8"));
  if (kept === null) return null;
  try {
    const leaf = new NodeCertificate(kept.certificate);
    const covers = names.every((name) => covered(leaf, name));
    const lasts = Date.parse(leaf.validTo) / 1000 > now + DAY_SECONDS && Date.parse(leaf.validFrom) / 1000 <= now;
    return covers && lasts && leaf.verify(new NodeCertificate(ca.certificate).publicKey) ? kept : null;
  } catch {
    return null; // A damaged file is made anew: it holds nothing that cannot be had again.
  }
}

function covered(leaf: NodeCertificate, name: string): boolean {
  if (name.startsWith("*.")) return leaf.subjectAltName?.split(", ").includes(`DNS:${name}`) ?? false;
  return (isIP(name) === 0 ? leaf.checkHost(name) : leaf.checkIP(name)) !== undefined;
}

/** RFC 5280 §4.1.2.2: a positive integer of at most 20 octets. */
function serial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString("hex");
}

/** Dated back by a day, because the machines that check it may be in a virtual machine whose clock is behind. */
function validity(now: EpochSeconds, days: number): { readonly notBefore: Date; readonly notAfter: Date } {
  return { notBefore: new Date((now - DAY_SECONDS) * 1000), notAfter: new Date((now + days * DAY_SECONDS) * 1000) };
}

async function privatePem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey("pkcs8", key));
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" }).export({ type: "pkcs8", format: "pem" }).toString();
}
