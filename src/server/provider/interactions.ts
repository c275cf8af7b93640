import type { InteractionResults, Provider } from "oidc-provider";
import { Fault } from "../../core/fault.ts";
import type { EpochSeconds } from "../../core/time.ts";
import { acrOf, type Level } from "../../wire/brevet-api/levels.ts";
import type { Answer, ServerRequest } from "../http/route.ts";
import type { Unit } from "../store/unit.ts";
import { withArtifacts } from "./artifacts.ts";
import { isBuiltIn } from "./built-in-clients.ts";
import { nameOf } from "./client-name.ts";

/** What the provider needs of a person in the middle of a flow; it sent the browser to `/interaction/:uid`. */
export interface Interaction {
  readonly uid: string;
  readonly asks: "login" | "consent";
  readonly client: { readonly id: string; readonly name: string; readonly builtIn: boolean };
  /** What the client wants to know, for `consent`. */
  readonly scopes: readonly string[];
  /** Who is signed in already; null: nobody. */
  readonly account: string | null;
  /** The host that the browser goes to with the answer; null for a device, which waits itself. */
  readonly returnsTo: string | null;
}

/** How a person signed in. */
export interface SignInResult {
  readonly account: string;
  readonly level: Level;
  /** RFC 8176 values. */
  readonly methods: readonly string[];
  readonly at: EpochSeconds;
}

/** The pages' way to the provider. Each answer sends the browser back into the flow. */
export interface Interactions {
  /** Null when the browser has no such interaction (any more): its cookie names another, or none. */
  find(request: ServerRequest, unit: Unit): Promise<Interaction | null>;
  /** The person signed in. To brevet's own command line they have consented with it. @throws {Fault} `INTERACTION_ABSENT` */
  signIn(request: ServerRequest, unit: Unit, result: SignInResult): Promise<Answer>;
  /** The signed-in person lets the client know what it asked for. @throws {Fault} `INTERACTION_ABSENT` */
  consent(request: ServerRequest, unit: Unit): Promise<Answer>;
  /** The person does not want to. @throws {Fault} `INTERACTION_ABSENT` */
  refuse(request: ServerRequest, unit: Unit): Promise<Answer>;
}

type Details = Awaited<ReturnType<Provider["interactionDetails"]>>;

/** Interactions of the provider that serves now. */
export function providerInteractions(current: () => Provider): Interactions {
  const details = async (provider: Provider, request: ServerRequest): Promise<Details | null> => {
    try {
      const found = await provider.interactionDetails(request.raw.request, request.raw.response);
      return found.uid === request.parameters["uid"] ? found : null;
    } catch (cause) {
      if (cause instanceof Error && cause.name === "SessionNotFound") return null;
      throw cause;
    }
  };
  const finish = (
    request: ServerRequest,
    unit: Unit,
    result: (provider: Provider, found: Details) => Promise<InteractionResults>,
  ): Promise<Answer> =>
    withArtifacts(request.raw.request, unit, async () => {
      const provider = current();
      const found = await details(provider, request);
      if (found === null) throw interactionAbsent();
      const { request: incoming, response } = request.raw;
      const returnTo = await provider.interactionResult(incoming, response, await result(provider, found));
      return { status: 303, headers: { location: returnTo, "cache-control": "no-store" } };
    });
  return {
    find: (request, unit) =>
      withArtifacts(request.raw.request, unit, async () => {
        const provider = current();
        const found = await details(provider, request);
        return found === null ? null : describe(provider, found);
      }),
    signIn: (request, unit, { account, level, methods, at }) =>
      finish(request, unit, async (provider, found) => ({
        login: { accountId: account, acr: acrOf(level), amr: [...methods], ts: at },
        ...(isBuiltIn(clientOf(found)) ? { consent: { grantId: await grantFor(provider, found, account) } } : {}),
      })),
    consent: (request, unit) =>
      finish(request, unit, async (provider, found) => {
        const account = found.session?.accountId;
        if (account === undefined) throw new Fault("INTERACTION_ABSENT", "nobody is signed in who could consent");
        return { consent: { grantId: await grantFor(provider, found, account) } };
      }),
    refuse: (request, unit) =>
      finish(request, unit, async () => ({ error: "access_denied", error_description: "the person does not want to" })),
  };
}

/** What is raised where a browser has no such interaction. */
export function interactionAbsent(): Fault {
  return new Fault("INTERACTION_ABSENT", "this sign-in was not begun in this browser, is over already, or took too long", {
    hints: ["go back to where you came from, and sign in again"],
  });
}

function clientOf({ params }: Details): string {
  return String(params["client_id"]);
}

function scopesOf({ params }: Details): readonly string[] {
  return String(params["scope"] ?? "")
    .split(" ")
    .filter((scope) => scope !== "");
}

async function describe(provider: Provider, found: Details): Promise<Interaction> {
  const id = clientOf(found);
  const client = await provider.Client.find(id);
  const back = found.params["redirect_uri"];
  return {
    uid: found.uid,
    asks: found.prompt.name === "login" ? "login" : "consent",
    client: { id, name: client === undefined ? id : nameOf(client), builtIn: isBuiltIn(id) },
    scopes: scopesOf(found),
    account: found.session?.accountId ?? null,
    returnsTo: typeof back === "string" && URL.canParse(back) ? returnHost(new URL(back)) : null,
  };
}

/** A native app has a scheme of its own instead of a host. */
function returnHost({ host, protocol }: URL): string {
  return host === "" ? protocol : host;
}

/** A new grant of all that was asked for: an older one may be of another sign-in, and ends with that. */
async function grantFor(provider: Provider, found: Details, account: string): Promise<string> {
  const grant = new provider.Grant({ accountId: account, clientId: clientOf(found) });
  grant.addOIDCScope(scopesOf(found).join(" "));
  const resource = found.params["resource"];
  for (const indicator of Array.isArray(resource) ? resource : [resource]) {
    if (typeof indicator === "string") grant.addResourceScope(indicator, scopesOf(found).join(" "));
  }
  return grant.save();
}
