import { createPrivateKey, X509Certificate } from "node:crypto";
import { Fault } from "../../core/fault.ts";
import { reading } from "../../platform/file-faults.ts";
import { readPlainText } from "../../platform/plain-file.ts";
import type { Job } from "../maintenance.ts";
import type { Listener, TlsMaterial } from "./listen.ts";

/** Where a certificate and its key are. */
export interface TlsFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/**
 * Reads a certificate and its key, which have to belong to each other.
 *
 * @throws {Fault} `FILE_UNREADABLE`, `FILE_UNSAFE` for a pipe or a device, `LISTEN_REFUSED`
 */
export function readTlsFiles({ certificateFile, keyFile }: TlsFiles): TlsMaterial {
  const readText = (file: string): string => reading(file, () => readPlainText(file));
  const [certificate, key] = [readText(certificateFile), readText(keyFile)];
  if (!belong(certificate, key)) {
    throw new Fault("LISTEN_REFUSED", `the certificate ${certificateFile} and the key ${keyFile} do not belong to each other`);
  }
  return { certificate, key };
}

/**
 * Takes a renewed certificate within half a minute, whoever wrote it and however: files that were replaced, links that lead elsewhere
 * now. While the two files do not belong together, as in the middle of a renewal, the old pair stays.
 */
export function certificateJob(files: TlsFiles, shown: TlsMaterial, listener: Pick<Listener, "renew">): Job {
  let current = shown;
  return {
    name: "certificate",
    everySeconds: 30,
    async run() {
      const found = readTlsFiles(files);
      if (found.certificate === current.certificate && found.key === current.key) return;
      await listener.renew(found);
      current = found;
    },
  };
}

function belong(certificate: string, key: string): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}
