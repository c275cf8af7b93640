import type { PlanPorts } from "../../flows/apply-plan.ts";
import { generateIssuer } from "../../flows/generate-issuer.ts";
import { publishIssuer } from "../../flows/publish-issuer.ts";
import type { Step } from "../../setup/plan.ts";
import { plannedStep } from "../../setup/planned-step.ts";
import type { Context } from "../command.ts";
import type { OpenDevice } from "../identity-kinds.ts";
import { openPublisher } from "./destinations.ts";
import { everySigner, keysOfAll } from "./device-keys.ts";

/** Makes a device's documents and publishes them. @param word where, in the words of `issuer publish --to`. */
export async function publishDevice(device: OpenDevice, issuer: string, word: string, context: Context): Promise<void> {
  const { compose, terminal } = context;
  const { name, options } = device;
  // During a rotation the next keys and the replaced ones stay published too.
  const signers = await everySigner(device, compose);
  const copies = await compose.issuerCopies(name);
  const progress = await terminal.progress("publishing the issuer's documents");
  try {
    await generateIssuer(
      { identity: name, issuer, certificates: "keep" },
      { signers, folder: copies.generated, now: () => compose.clock.now() },
    );
    const destination = await openPublisher(word, context);
    await publishIssuer(
      { identity: name, issuer, shared: options.sharedIssuer },
      { signer: keysOfAll(signers), destination, notices: terminal, ...copies },
    );
    progress.done(`published ${issuer}`);
  } catch (cause) {
    progress.failed("the issuer's documents could not be published");
    throw cause;
  }
}

/** The step that keeps in the config which issuer an identity has, and where it is published. */
export async function planIssuer(
  { identity, issuer, word }: { readonly identity: string; readonly issuer: string; readonly word: string | null },
  plans: PlanPorts,
  { paths }: Context,
): Promise<Step> {
  const resource = { kind: "brevet-issuer", address: { file: paths.configFile, identity } };
  const present = await (await plans.provisionerFor(resource.kind)).read(resource);
  const { issuer: former, publishedTo = [] } = (present.state === null ? {} : JSON.parse(present.state)) as {
    readonly issuer?: string;
    readonly publishedTo?: readonly string[];
  };
  const places = word === null || publishedTo.includes(word) ? publishedTo : [...publishedTo, word];
  const after = JSON.stringify({ issuer, ...(places.length === 0 ? {} : { publishedTo: places }) });
  const part = former === issuer ? "list of places with the keys" : "issuer";
  const wanted = { id: "brevet-issuer", ...resource, what: `the ${part} of ${identity} in ${paths.configFile}`, after };
  return plannedStep(wanted, present, { create: "write" });
}
