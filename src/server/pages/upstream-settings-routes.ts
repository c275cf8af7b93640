import { Fault } from "../../core/fault.ts";
import type { Route } from "../http/route.ts";
import type { Unit } from "../store/unit.ts";
import { versionOf } from "../store/version.ts";
import { tryUpstream } from "../upstream/ask-upstream.ts";
import { clientSecretFor, parseUpstream, staleUpstream, type Upstream } from "../upstream/upstream.ts";
import { type AdminPage, change, look } from "./administer.ts";
import { UPSTREAM_CALLBACK } from "./enrol-routes.ts";
import { type Html, html } from "./html.ts";
import { seeOther } from "./page.ts";
import type { PageParts } from "./page-parts.ts";
import type { Visitor } from "./signed-in.ts";

const PATH = "/admin/sign-in-provider";

/** The page on which administrators say by which identity provider people show who they are before they register a key. */
export function upstreamSettingsRoutes(parts: PageParts): readonly Route[] {
  const { gate, party } = parts;
  const callback = `${party.origin}${UPSTREAM_CALLBACK}`;
  const page: AdminPage = {
    path: PATH,
    async content(visitor, { form }, unit) {
      const document = await gate.document(unit);
      const found = gate.open(document);
      const version = form.get("version") ?? versionOf(document);
      const filled = form.size > 0 ? typedIn(form) : keptIn(found?.upstream ?? null);
      return html`<p>Somebody new signs in there once, to show who they are, and then registers a key. Their address there is who
they are here.</p>${settingsForm(filled, { callback, version, hasSecret: found !== null }, visitor)}${found === null ? null : removeForm(version, visitor)}`;
    },
  };
  return [
    look(parts, page),
    change(
      parts,
      PATH,
      async ({ by }, { form }, unit) => {
        const before = await documentOf(parts, form, unit);
        const upstream = upstreamOf(form);
        const client = { upstream, clientSecret: clientSecretFor(upstream, form.get("clientSecret"), gate.open(before)) };
        // Tried before it is saved: a provider that cannot be reached would let nobody in.
        await tryUpstream(gate.ask, client);
        gate.change(unit, { before, client }, by);
        return seeOther(PATH);
      },
      page,
    ),
    change(parts, `${PATH}/remove`, async ({ by }, { form }, unit) => {
      gate.change(unit, { before: await documentOf(parts, form, unit), client: null }, by);
      return seeOther(PATH);
    }),
  ];
}

/** The present settings, if the form was made from them. @throws {Fault} `VERSION_STALE` */
async function documentOf({ gate }: PageParts, form: ReadonlyMap<string, string>, unit: Unit): Promise<string | null> {
  const document = await gate.document(unit);
  if (form.get("version") !== versionOf(document)) throw staleUpstream();
  return document;
}

function upstreamOf(form: ReadonlyMap<string, string>): Upstream {
  const field = (name: string): string => (form.get(name) ?? "").trim();
  const words = (name: string): readonly string[] =>
    field(name)
      .split(/[\s,]+/)
      .filter((word) => word !== "");
  const claims = words("claims").map((pair): [string, string] => {
    const at = pair.indexOf("=");
    if (at < 1)
      throw new Fault("NAME_INVALID", `"${pair}" is not a claim and its value`, { hints: ["write it as `hd=example.com`"] });
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return parseUpstream({
    name: field("name"),
    issuer: field("issuer"),
    clientId: field("clientId"),
    domains: words("domains"),
    enrols: field("enrols"),
    trustsEmails: form.has("trustsEmails"),
    ...(claims.length === 0 ? {} : { claims: Object.fromEntries(claims) }),
    ...(words("groups").length === 0 ? {} : { groups: words("groups") }),
  });
}

/** The values of the form's fields, by name. */
type Filled = ReadonlyMap<string, string>;

/** What was typed, without the secret, which has to be typed again. */
function typedIn(form: ReadonlyMap<string, string>): Filled {
  return new Map([...form].filter(([name]) => name !== "clientSecret"));
}

function keptIn(upstream: Upstream | null): Filled {
  if (upstream === null) return new Map();
  const { name, issuer, clientId, domains, enrols, groups = [], claims = {}, trustsEmails } = upstream;
  const words = { domains, groups, claims: Object.entries(claims).map(([claim, value]) => `${claim}=${value}`) };
  const lists = Object.entries(words).map(([field, values]) => [field, values.join(" ")] as const);
  const ticked = trustsEmails === true ? [["trustsEmails", "on"] as const] : [];
  return new Map([...Object.entries({ name, issuer, clientId, enrols }), ...lists, ...ticked]);
}

function settingsForm(
  filled: Filled,
  { callback, version, hasSecret }: { readonly callback: string; readonly version: string; readonly hasSecret: boolean },
  { formField }: Visitor,
): Html {
  const text = (name: keyof Upstream, label: string, hint = "", required = true): Html =>
    html`<label>${label} <small>${hint}</small>
<input name="${name}" value="${filled.get(name) ?? ""}" maxlength="1000" autocomplete="off"${required ? html` required` : null}></label>`;
  const chosen = (value: Upstream["enrols"]): Html | null => (filled.get("enrols") === value ? html` selected` : null);
  return html`<form method="post" action="${PATH}">${formField}${versionField(version)}
<p>Register this server there as a web application, with this address to come back to:</p><pre><code>${callback}</code></pre>
${text("name", "Name", "as people know it: Google, Entra, Okta")}
${text("issuer", "Issuer", "https://accounts.google.com; https://login.microsoftonline.com/TENANT-ID/v2.0; https://example.okta.com")}
${text("clientId", "Client id")}
<label>Client secret <small>${hasSecret ? "empty: as it is" : ""}</small>
<input name="clientSecret" type="password" maxlength="1000" autocomplete="off"></label>
${text("domains", "Domains", "whose addresses it speaks for, with blanks between them")}
<label>Who registers a key after it <select name="enrols"><option value="invited"${chosen("invited")}>those who are invited</option>
<option value="everybody"${chosen("everybody")}>everybody of the domains</option></select></label>
${text("groups", "Groups", "of those who come without an invitation", false)}
${text("claims", "Claims", "that its tokens must have: tid=… for Entra, hd=example.com for Google", false)}
<label><input type="checkbox" name="trustsEmails"${filled.has("trustsEmails") ? html` checked` : null}> Its addresses count though it
does not say that they are verified <small>as with Entra; only where people cannot choose their address there</small></label>
<div class="choice"><button>Try it, and save</button></div></form>`;
}

function versionField(version: string): Html {
  return html`<input type="hidden" name="version" value="${version}">`;
}

function removeForm(version: string, { formField }: Visitor): Html {
  return html`<form method="post" action="${PATH}/remove">${formField}${versionField(version)}<button class="danger">Remove the provider</button></form>`;
}
