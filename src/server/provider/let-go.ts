import type { ServerResponse } from "node:http";
import type { Provider } from "oidc-provider";

type Context = Parameters<Parameters<Provider["use"]>[0]>[0];

const OF_A_CONTEXT = { req: undefined, res: undefined, request: undefined, response: undefined, state: undefined };
const OF_OPENID = {
  ctx: undefined,
  entities: undefined,
  claims: undefined,
  resourceServers: undefined,
  params: undefined,
  body: undefined,
};

/**
 * Lets a context go of what it holds, once its request was served and answered. The provider gives each context a getter of its own, and V8
 * keeps getters, and all that they reach, until the next collection of everything: a request would be copied by every small one until then.
 */
export function letGoOnceAnswered(context: Context, response: ServerResponse): void {
  const letGo = (): void => {
    // A request that none of the provider's routes takes has no context of OpenID's.
    Object.assign(context["oidc"] ?? {}, OF_OPENID);
    Object.assign(context, OF_A_CONTEXT);
  };
  if (response.closed) letGo();
  else response.once("close", letGo);
}
