import { Fault } from "../../core/fault.ts";
import { askService, textMember } from "./ask.ts";
import type { AmbientSource } from "./source.ts";

const TITLE = "Buildkite";
const DEFAULT_ENDPOINT = "https://agent.buildkite.com/v3";
const LIFETIME_SECONDS = 300;

/**
 * The token of a job of Buildkite, from the agent's own API: the job has the agent's address, its own id and an access token.
 * `buildkite-agent oidc request-token` makes the same call, but a container often lacks the program.
 *
 * @see buildkite/agent, api/oidc.go
 */
export const buildkite: AmbientSource = {
  title: TITLE,
  isHere: ({ environment }) => environment["BUILDKITE"] === "true" && Boolean(environment["BUILDKITE_JOB_ID"]),
  mark: ({ environment }) => `${environment["BUILDKITE_JOB_ID"] ?? ""} ${environment["BUILDKITE_AGENT_ACCESS_TOKEN"] ?? ""}`,
  async token({ audience, maxAgeSeconds = LIFETIME_SECONDS }, surroundings) {
    const { environment } = surroundings;
    const { BUILDKITE_JOB_ID: job, BUILDKITE_AGENT_ACCESS_TOKEN: token } = environment;
    if (!job || !token) {
      throw new Fault("AMBIENT_ABSENT", "this is not a job of Buildkite, or its access token was taken out of the environment", {
        hints: ["pass `BUILDKITE_JOB_ID`, `BUILDKITE_AGENT_ACCESS_TOKEN` and `BUILDKITE_AGENT_ENDPOINT` into the container"],
      });
    }
    const endpoint = (environment["BUILDKITE_AGENT_ENDPOINT"] || DEFAULT_ENDPOINT).replace(/\/$/, "");
    const request = {
      method: "POST",
      url: `${endpoint}/jobs/${encodeURIComponent(job)}/oidc/tokens`,
      headers: { authorization: `Token ${token}`, "content-type": "application/json", "user-agent": "brevet" },
      body: JSON.stringify({ audience, lifetime: maxAgeSeconds }),
    } as const;
    const response = await askService(
      TITLE,
      request,
      ["see whether the agent's version and plan allow OIDC tokens"],
      surroundings,
    );
    return textMember(TITLE, response.body, "token");
  },
};
