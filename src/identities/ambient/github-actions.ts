import { Fault } from "../../core/fault.ts";
import { askService, textMember } from "./ask.ts";
import type { AmbientSource } from "./source.ts";

const TITLE = "GitHub Actions";
const PERMISSION = "give the job the permission: `permissions: { id-token: write }`";

/**
 * The token of a job of GitHub Actions: the runner gives each job with the permission `id-token: write` a URL and a token to ask
 * for it with.
 *
 * @see GitHub Docs, "OpenID Connect reference", methods for requesting the OIDC token
 */
export const githubActions: AmbientSource = {
  title: TITLE,
  isHere: ({ environment }) => environment["GITHUB_ACTIONS"] === "true" || Boolean(environment["ACTIONS_ID_TOKEN_REQUEST_URL"]),
  mark: ({ environment }) => environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] ?? "",
  async token({ audience }, surroundings) {
    const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = surroundings.environment;
    if (!url || !token || !URL.canParse(url)) {
      throw new Fault("AMBIENT_ABSENT", "this job of GitHub Actions may not ask for an ID token", { hints: [PERMISSION] });
    }
    const address = new URL(url);
    address.searchParams.set("audience", audience);
    const headers = { authorization: `Bearer ${token}`, accept: "application/json; api-version=2.0", "user-agent": "brevet" };
    const response = await askService(TITLE, { method: "GET", url: address.href, headers }, [PERMISSION], surroundings);
    return textMember(TITLE, response.body, "value");
  },
};
