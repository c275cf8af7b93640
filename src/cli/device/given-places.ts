import type { Check, CheckResult } from "../../flows/checks/checks.ts";
import { type GivenPlace, type GivenVerdict, verifyGivenKeys } from "../../flows/verify-given-keys.ts";
import type { Context } from "../command.ts";
import type { OpenDevice } from "../identity-kinds.ts";
import { openPublisher } from "./destinations.ts";

/** Every place at which this device's keys were put for verifiers, none of which fetches them. */
export function givenPlaces({ options }: OpenDevice, context: Context): readonly GivenPlace[] {
  return options.keys.publishedTo.map((place) => ({ place, open: () => openPublisher(place, context) }));
}

/** What `doctor` looks at for an issuer that nobody serves, nor has to: the keys that verifiers were given. */
export function givenKeyChecks(device: OpenDevice, issuer: string, context: Context): readonly Check[] {
  const { name, signer } = device;
  const text = `nothing is hosted: ${issuer} is a name that nobody serves, and verifiers are given the keys`;
  return [
    { name: `${name}: issuer`, run: async () => ({ outcome: "good", text }) },
    ...givenPlaces(device, context).map(
      (place): Check => ({
        name: `${name}: keys at ${place.place}`,
        asksHosts: true,
        run: async () => checked(await verifyGivenKeys(place, await signer.publicKeys()), name),
      }),
    ),
  ];
}

function checked({ verdict }: GivenVerdict, name: string): CheckResult {
  if (verdict.outcome === "allowed") return { outcome: "good", text: verdict.because.meaning };
  const text = verdict.because.map(({ meaning }) => meaning).join("; ");
  return verdict.outcome === "refused"
    ? { outcome: "bad", text, hint: `\`brevet issuer publish ${name}\`` }
    : { outcome: "unknown", text, hint: "`brevet status --check` tries them by each profile" };
}
