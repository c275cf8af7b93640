import { Fault } from "../../core/fault.ts";
import type { Http } from "../../core/http.ts";
import type { JsonObject } from "../../core/json-object.ts";
import { shellCommand } from "../../core/shell-command.ts";
import type { Tempo } from "../../core/tempo.ts";
import { endpointOf } from "../endpoint-variable.ts";
import type { Environment } from "../paths.ts";
import type { HeldToken } from "./admin-token.ts";
import { allPages, unreadableList } from "./all-pages.ts";
import { administer, type JsonApi, type JsonCall } from "./json-api.ts";
import { objectsOf } from "./members.ts";
import { type Patiently, patiently } from "./patiently.ts";

/** The two APIs by which Entra ID and Azure are administered. */
export type MicrosoftService = "graph" | "management";

/** What they are reached with. */
export interface MicrosoftAccess {
  readonly http: Http;
  readonly endpoints: Readonly<Record<MicrosoftService, string>>;
  /** Each has tokens of its own. */
  readonly tokens: Readonly<Record<MicrosoftService, HeldToken>>;
  readonly tempo: Tempo;
}

/** One call of one of them, by the path below its address. */
export interface MicrosoftCall extends Omit<JsonCall, "url" | "headers"> {
  readonly service: MicrosoftService;
  readonly path: string;
}

/** Calls Microsoft as an administrator. */
export interface MicrosoftApi {
  /** @returns null for what is not there. @throws {Fault} as `administer` */
  find(call: MicrosoftCall): Promise<JsonObject | null>;
  /** The same where it has to be there. @throws {Fault} `RESOURCE_FAILED` besides */
  call(call: MicrosoftCall): Promise<JsonObject>;
  /** The items of all pages of a list; null if it is not there. @throws {Fault} as `find`, and as `allPages` */
  findList(call: MicrosoftCall): Promise<readonly JsonObject[] | null>;
  /** The same where it has to be there. @throws {Fault} `RESOURCE_FAILED` besides */
  list(call: MicrosoftCall): Promise<readonly JsonObject[]>;
  readonly patiently: Patiently;
}

const PERMISSIONS: Readonly<Record<MicrosoftService, string>> = {
  graph: "the administrator needs to be an Application Developer or Application Administrator of the tenant",
  management: "the administrator needs the role Owner, or User Access Administrator and Contributor, at that scope",
};

/** The addresses of both APIs. @param own the cloud's, for which variables may name others. @throws {Fault} `URL_INVALID` */
export function microsoftEndpoints(own: MicrosoftAccess["endpoints"], environment: Environment): MicrosoftAccess["endpoints"] {
  return {
    graph: endpointOf(environment, "BREVET_AZURE_GRAPH_URL", own.graph),
    management: endpointOf(environment, "BREVET_AZURE_MANAGEMENT_URL", own.management),
  };
}

export function microsoftApi(access: MicrosoftAccess): MicrosoftApi {
  const find: MicrosoftApi["find"] = ({ service, path, ...call }) => {
    const api: JsonApi = {
      cloud: service === "graph" ? "Microsoft Graph" : "Azure",
      http: access.http,
      tempo: access.tempo,
      token: access.tokens[service],
      permissionHint: () => PERMISSIONS[service],
      means: () => null,
    };
    return administer({ ...call, url: `${access.endpoints[service]}${path.replace(/^\//, "")}` }, api);
  };
  const findList: MicrosoftApi["findList"] = async (wish) => {
    const { action, service, path, has = ["value[]"] } = wish;
    const next = service === "graph" ? "@odata.nextLink" : "nextLink";
    const ask = (link: string) => find({ ...wish, has, path: link === "" ? path : pathOfLink(link, action) });
    return (await allPages({ action, next, ask }))?.flatMap(({ value }) => objectsOf(value)) ?? null;
  };
  return {
    find,
    call: async (wish) => requireThere(await find(wish), wish),
    findList,
    list: async (wish) => requireThere(await findList(wish), wish),
    patiently: patiently(access.tempo),
  };
}

function requireThere<T>(answer: T | null, { action, path: asked }: MicrosoftCall): T {
  if (answer !== null) return answer;
  const path = decodeURIComponent(asked.split("?", 1)[0] ?? "");
  const group = /\/resourceGroups\/([^/]+)\//.exec(path)?.[1];
  const making = shellCommand`az group create --name ${group ?? ""} --location LOCATION`;
  throw new Fault("RESOURCE_FAILED", `${action} failed: Microsoft knows nothing at ${path}`, {
    hints: group === undefined ? [] : [`make the resource group, if there is none: \`${making}\``],
    details: { action, cloudCode: "NotFound", status: 404 },
  });
}

/** A link's path and query. Its host is left out: the administrator's token goes nowhere else, whatever an answer says. */
function pathOfLink(link: string, action: string): string {
  if (!URL.canParse(link)) throw unreadableList(action, "the address of its next page is not a URL");
  const { pathname, search } = new URL(link);
  return `${pathname}${search}`;
}
