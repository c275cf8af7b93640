import { Fault } from "../../core/fault.ts";
import type { Http } from "../../core/http.ts";
import { isJsonObject, type JsonObject } from "../../core/json-object.ts";
import { quotable } from "../../core/quotable.ts";
import { shellCommand } from "../../core/shell-command.ts";
import type { Tempo } from "../../core/tempo.ts";
import { endpointOf } from "../endpoint-variable.ts";
import type { Environment } from "../paths.ts";
import type { HeldToken } from "./admin-token.ts";
import { allPages } from "./all-pages.ts";
import { administer, type JsonApi, type JsonCall } from "./json-api.ts";
import { objectsOf, textOf } from "./members.ts";
import { type Patiently, patiently } from "./patiently.ts";

/** What Google's management APIs are reached with. */
export interface GoogleAccess {
  readonly http: Http;
  readonly environment: Environment;
  readonly token: HeldToken;
  readonly tempo: Tempo;
}

/** The APIs that are administered, with gcloud's own variables for another address. */
const SERVICES = {
  iam: ["https://iam.googleapis.com/", "CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM"],
  cloudresourcemanager: ["https://cloudresourcemanager.googleapis.com/", "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER"],
  serviceusage: ["https://serviceusage.googleapis.com/", "CLOUDSDK_API_ENDPOINT_OVERRIDES_SERVICEUSAGE"],
} as const;

/** One call of one of these APIs, by the path below its address. */
export interface GoogleCall extends Omit<JsonCall, "url" | "headers"> {
  readonly service: keyof typeof SERVICES;
  readonly path: string;
}

/** Calls Google as an administrator. */
export interface GoogleApi {
  /** @returns null for what is not there. @throws {Fault} as `administer` */
  find(call: GoogleCall): Promise<JsonObject | null>;
  /** The same where it has to be there. @throws {Fault} `RESOURCE_FAILED` besides */
  call(call: GoogleCall): Promise<JsonObject>;
  /** Every page of a list. @throws {Fault} as `call`, and as `allPages` */
  list(call: GoogleCall): Promise<readonly JsonObject[]>;
  /** Calls what answers with a long-running operation, and waits until that is done. */
  operate(call: GoogleCall): Promise<void>;
  readonly patiently: Patiently;
}

/** Google gives up on an operation of IAM after some minutes itself. */
const LONGEST_OPERATION_POLLS = 60;
const LONGEST_PAUSE_MS = 5_000;

export function googleApi(access: GoogleAccess): GoogleApi {
  const api: JsonApi = {
    cloud: "Google",
    http: access.http,
    tempo: access.tempo,
    token: access.token,
    permissionHint: (action) => `the administrator lacks ${action}: the guide for Google Cloud lists the roles that hold it`,
    means,
  };
  // A person's token may have to name the project that pays for the calls.
  const quotaProject = access.environment["GOOGLE_CLOUD_QUOTA_PROJECT"];
  const headers = quotaProject ? { "x-goog-user-project": quotaProject } : {};
  const find: GoogleApi["find"] = ({ service, path, ...call }) =>
    administer({ ...call, headers, url: `${baseOf(service, access)}${path}` }, api);
  const call: GoogleApi["call"] = async (wish) => {
    const answer = await find(wish);
    if (answer !== null) return answer;
    throw new Fault("RESOURCE_FAILED", `${wish.action} failed: Google knows nothing at ${wish.path.split("?")[0]} (NOT_FOUND)`, {
      details: { action: wish.action, cloudCode: "NOT_FOUND", status: 404 },
    });
  };
  return {
    find,
    call,
    async list(wish) {
      const { action, path } = wish;
      const ask = (token: string) =>
        call({ ...wish, path: token === "" ? path : `${path}?pageToken=${encodeURIComponent(token)}` });
      return (await allPages({ action, next: "nextPageToken", ask })) ?? [];
    },
    patiently: patiently(access.tempo),
    async operate(wish) {
      let operation = await call(wish);
      for (let poll = 0; operation["done"] !== true; poll += 1) {
        const { name } = operation;
        if (typeof name !== "string" || name === "") throw noOperation(wish);
        if (poll === LONGEST_OPERATION_POLLS) throw endless(wish);
        await access.tempo.pause(Math.min(LONGEST_PAUSE_MS, 500 * 1.5 ** poll));
        operation = await call({
          action: wish.action,
          service: wish.service,
          method: "GET",
          path: `v1/${name}`,
        });
      }
      if (isJsonObject(operation["error"])) throw failedOperation(wish, operation["error"]);
    },
  };
}

function baseOf(service: keyof typeof SERVICES, { environment }: GoogleAccess): string {
  const [usual, variable] = SERVICES[service];
  return endpointOf(environment, variable, usual);
}

/** The reasons that Google gives in machine-readable form say more than the status. @see google.rpc.ErrorInfo */
function means(error: JsonObject, action: string, status: number): Fault | null {
  const info = objectsOf(error["details"]).find((detail) => detail["@type"] === "type.googleapis.com/google.rpc.ErrorInfo");
  if (info?.["reason"] !== "SERVICE_DISABLED") return null;
  const metadata = isJsonObject(info["metadata"]) ? info["metadata"] : {};
  const [service, project] = [textOf(metadata["service"]), textOf(metadata["consumer"]).replace(/^projects\//, "")];
  return new Fault("API_DISABLED", `the API ${service} is not turned on in the project ${project}, and ${action} needs it`, {
    hints: [`turn it on: \`${shellCommand`gcloud services enable ${service} --project=${project}`}\`; it takes some minutes`],
    details: { action, cloudCode: "SERVICE_DISABLED", status },
  });
}

function noOperation({ action }: GoogleCall): Fault {
  return new Fault("RESPONSE_INVALID", `what Google answered to ${action} is no operation: nobody can tell whether it is done`, {
    hints: ["run the same command again: it looks at what is there, and goes on"],
    details: { action },
  });
}

function failedOperation({ action }: GoogleCall, error: JsonObject): Fault {
  const code = typeof error["code"] === "number" ? `code ${error["code"]}` : "no code";
  const message = quotable(textOf(error["message"]), []);
  return new Fault("RESOURCE_FAILED", `${action} failed: ${message} (${code})`, {
    details: { action, cloudCode: code, cloudMessage: message },
  });
}

function endless({ action }: GoogleCall): Fault {
  return new Fault("CLOUD_UNAVAILABLE", `Google has not finished ${action} after minutes`, {
    hints: ["run the same command again later: it goes on where it stopped"],
    details: { action },
  });
}
