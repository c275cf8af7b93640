import type { PublicDocument, Publisher } from "../core/publisher.ts";
import type { Job } from "./maintenance.ts";
import type { CurrentProvider } from "./provider/current-provider.ts";

/**
 * Puts the discovery document and the JWK set where verifiers look, for a server that they cannot reach: the issuer's name leads them
 * to a host of files, and the people to the server. The keys go first, so that the discovery document never promises what is not there.
 *
 * Every instance does it; what one has written is for the others as it should be. A new key is published a day before it signs, so that
 * a host that is away for hours does no harm; each failed round is told.
 */
export function publishJob(publisher: Publisher, current: CurrentProvider): Job {
  return {
    name: `publishing at ${publisher.destination}`,
    everySeconds: 30,
    atStart: true,
    async run() {
      for (const document of current.publicDocuments()) await put(publisher, document);
    },
  };
}

async function put(publisher: Publisher, document: PublicDocument): Promise<void> {
  const present = await publisher.read(document.path);
  if (present?.body !== document.body) await publisher.replace(document, present?.version ?? null);
}
