import { Fault } from "../../core/fault.ts";
import { askService } from "./ask.ts";
import type { AmbientSource } from "./source.ts";
import type { Surroundings } from "./surroundings.ts";

const TITLE = "the metadata server of Google Cloud";
/** What the firmware of a Compute Engine machine says of itself. */
const PRODUCT_FILE = "/sys/class/dmi/id/product_name";

/**
 * The identity token of a machine's or a container's service account, from the metadata server. `GCE_METADATA_HOST` names another
 * host, as in Google's own libraries.
 *
 * @see Google Cloud documentation, "Verify the identity of instances"
 */
export const google: AmbientSource = {
  title: TITLE,
  isHere: (surroundings) => named(surroundings) !== null || (surroundings.readFile(PRODUCT_FILE) ?? "").startsWith("Google"),
  mark: (surroundings, { serviceAccount }) => `${named(surroundings) ?? ""} ${serviceAccount}`,
  async token({ audience }, surroundings, { serviceAccount }) {
    const host = surroundings.environment["GCE_METADATA_HOST"] || "metadata.google.internal";
    const path = `computeMetadata/v1/instance/service-accounts/${encodeURIComponent(serviceAccount)}/identity`;
    const query = new URLSearchParams({ audience, format: "full" });
    const request = {
      method: "GET",
      url: `http://${host}/${path}?${query}`,
      headers: { "metadata-flavor": "Google", "user-agent": "brevet" },
    } as const;
    const response = await askService(TITLE, request, ["see which service accounts the machine has"], surroundings);
    // Captive portals answer everything with 200; the metadata server says who it is.
    if (response.headers["metadata-flavor"] !== "Google") {
      throw new Fault("AMBIENT_ABSENT", `${host} is not ${TITLE}`, { hints: ["see what answers there: `GCE_METADATA_HOST`"] });
    }
    return response.body.trim();
  },
};

/** The variables by which Google's own runtimes are told; Cloud Run and Cloud Functions set `K_SERVICE`. */
function named({ environment }: Surroundings): string | null {
  return environment["GCE_METADATA_HOST"] || environment["K_SERVICE"] || environment["CLOUD_RUN_JOB"] || null;
}
