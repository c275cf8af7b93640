import { Fault } from "../../src/core/fault.ts";
import { directoryPublisher } from "../../src/publishers/directory/publisher.ts";

/** `FOLDER LOCKS DOCUMENT WORD…`: adds its own words to a published document, one after the other. */
const [folder = "", lockFolder = "", document = "", ...words] = process.argv.slice(2);
const publisher = directoryPublisher({ folder, lockFolder });
for (const word of words) while (!(await isAdded(word)));

/** Whether nobody else has changed the document in the meantime. */
async function isAdded(word: string): Promise<boolean> {
  const present = await publisher.read("keys.json");
  const changed = { ...JSON.parse(document), body: `${present?.body ?? ""}${word}\n` };
  try {
    await publisher.replace(changed, present?.version ?? null);
    return true;
  } catch (cause) {
    if (cause instanceof Fault && cause.code === "PUBLISH_CONFLICT") return false;
    throw cause;
  }
}
