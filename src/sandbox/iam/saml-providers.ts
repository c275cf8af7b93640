import { X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DOMParser, type Document, type Element } from "@xmldom/xmldom";
import { Fault } from "../../core/fault.ts";
import { readPlainText } from "../../platform/plain-file.ts";

/** An IAM SAML provider of the sandbox: it exists in every account. */
export interface SamlProvider {
  readonly name: string;
  /** The `entityID` of its metadata, which the assertion's issuer has to be. */
  readonly issuer: string;
  /** The certificates that its assertions may be signed by, PEM. */
  readonly certificates: readonly string[];
  /** Where it stands, for messages. */
  readonly file: string;
}

/** IAM API Reference, CreateSAMLProvider: a name of 1 to 128 of `A-Z a-z 0-9 . _ -`, and metadata of 1,000 characters at least. */
const NAME = /^[\w.-]{1,128}$/;

/** The file of a provider's metadata in a sandbox folder: the document as the provider publishes it. */
export function samlProviderFile(folder: string, name: string): string {
  return join(folder, "iam", "saml-providers", `${name}.xml`);
}

/**
 * The SAML provider of a name; null when there is none.
 *
 * @throws {Fault} `SANDBOX_INVALID` for a file that is not an identity provider's metadata.
 */
export function findSamlProvider(folder: string, name: string): SamlProvider | null {
  const file = samlProviderFile(folder, name);
  if (!NAME.test(name) || !existsSync(file)) return null;
  return { name, file, ...parseSamlMetadata(readPlainText(file), file) };
}

/** @param file what holds it, for messages. @throws {Fault} `SANDBOX_INVALID` */
export function parseSamlMetadata(text: string, file: string): Pick<SamlProvider, "issuer" | "certificates"> {
  const invalid = (reason: string): Fault =>
    new Fault("SANDBOX_INVALID", `${file} ${reason}`, {
      hints: ["save the metadata of the provider there, which it serves as XML with an EntityDescriptor"],
      details: { file },
    });
  if (/<!DOCTYPE|<!ENTITY/i.test(text)) throw invalid("declares a document type");
  const root = parseXmlDocument(text)?.documentElement;
  if (root?.localName !== "EntityDescriptor") throw invalid("is no SAML metadata");
  const issuer = root.getAttribute("entityID") ?? "";
  const keys = [...root.getElementsByTagNameNS("*", "KeyDescriptor")].filter((key) => key.getAttribute("use") !== "encryption");
  const certificates = keys
    .flatMap((key) => [...key.getElementsByTagNameNS("*", "X509Certificate")])
    .map((element) => toPem(element.textContent ?? ""));
  if (issuer === "") throw invalid("has no entityID");
  if (certificates.length === 0 || certificates.some((certificate) => certificate === null)) throw invalid("has no certificate");
  return { issuer, certificates: certificates.filter((certificate) => certificate !== null) };
}

/** An element as the sandbox's XML library has it. */
export type XmlNode = Element;

/** Null for a text that is not well-formed, or that the library would warn of. */
export function parseXmlDocument(text: string): Document | null {
  const onError = (_level: string, message: string): never => {
    throw new Error(message);
  };
  try {
    return new DOMParser({ onError }).parseFromString(text, "text/xml");
  } catch {
    return null;
  }
}

function toPem(base64: string): string | null {
  try {
    return new X509Certificate(Buffer.from(base64, "base64")).toString();
  } catch {
    return null;
  }
}
