import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ringTools } from "../../../scripts/test/ring-tools.ts";
import type { Http, HttpRequest } from "../../../src/core/http.ts";

/** Where `npm run rings` puts the packages of the rings. */
export const PACKAGES = join(ringTools(), "npm", "node_modules");

/** A request as Microsoft's clients hand it to what sends it. */
interface PipelineRequest {
  readonly method: HttpRequest["method"];
  readonly url: string;
  readonly body?: string;
  readonly headers: { toJSON(): Readonly<Record<string, string>> };
}

/** Microsoft's own clients of Azure Resource Manager, as far as they are used here. */
export interface ArmClients {
  readonly identities: {
    createOrUpdate(group: string, name: string, identity: object): Promise<Readonly<Record<string, unknown>>>;
    get(group: string, name: string): Promise<Readonly<Record<string, unknown>>>;
  };
  readonly credentials: {
    createOrUpdate(group: string, identity: string, name: string, credential: object): Promise<Readonly<Record<string, unknown>>>;
    list(group: string, identity: string): AsyncIterable<Readonly<Record<string, unknown>>>;
  };
  readonly assignments: {
    create(scope: string, name: string, assignment: object): Promise<Readonly<Record<string, unknown>>>;
    get(scope: string, name: string): Promise<Readonly<Record<string, unknown>>>;
  };
  readonly definitions: { list(scope: string, options: object): AsyncIterable<Readonly<Record<string, unknown>>> };
}

/** They call the stand-in through that, by that token. */
export async function armClients(http: Http, token: string, subscription: string): Promise<ArmClients> {
  const require = createRequire(join(PACKAGES, "..", "package.json"));
  const load = async (name: string) => (await import(pathToFileURL(require.resolve(name)).href)) as Record<string, unknown>;
  const { createHttpHeaders } = (await load("@azure/core-rest-pipeline")) as {
    createHttpHeaders(headers: object): unknown;
  };
  const httpClient = {
    async sendRequest(request: PipelineRequest) {
      const { method, url, body } = request;
      const answer = await http({ method, url, headers: request.headers.toJSON(), ...(body === undefined ? {} : { body }) });
      return { request, status: answer.status, headers: createHttpHeaders(answer.headers), bodyAsText: answer.body };
    },
  };
  const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
  type Client = new (credential: object, subscription: string, options: object) => Record<string, unknown>;
  const { ManagedServiceIdentityClient: Identities } = (await load("@azure/arm-msi")) as Record<string, Client>;
  const { AuthorizationManagementClient: Authorization } = (await load("@azure/arm-authorization")) as Record<string, Client>;
  if (Identities === undefined || Authorization === undefined) throw new Error("Microsoft's clients have other names");
  const msi = new Identities(credential, subscription, { httpClient, apiVersion: "2023-01-31" });
  const authorization = new Authorization(credential, subscription, { httpClient });
  return {
    identities: msi["userAssignedIdentities"],
    credentials: msi["federatedIdentityCredentials"],
    assignments: authorization["roleAssignments"],
    definitions: authorization["roleDefinitions"],
  } as ArmClients;
}
