import { Fault } from "../../core/fault.ts";
import type { Route } from "../http/route.ts";
import type { Unit } from "../store/unit.ts";
import { tryUpstream } from "../upstream/ask-upstream.ts";
import { clientSecretFor, parseUpstream, type Upstream } from "../upstream/upstream.ts";
import { type AdminPage, change, look } from "./administer.ts";
import { UPSTREAM_CALLBACK } from "./enrol-routes.ts";
import { isStale, requireVersion, type Shown, versionField } from "./form-version.ts";
import { type Html, html } from "./html.ts";
import { seeOther } from "./page.ts";
import type { PageParts } from "./page-parts.ts";
import { NOT_KEPT } from "./use-key-again.ts";

const PATH = "/admin/sign-in-provider";

/** The page on which administrators say by which identity provider people show who they are before they register a key. */
export function upstreamSettingsRoutes(parts: PageParts): readonly Route[] {
  const { gate, party } = parts;
  const callback = `${party.origin}${UPSTREAM_CALLBACK}`;
  const page: AdminPage = {
    path: PATH,
    async content(visitor, { form }, unit, refusal) {
      const document = await gate.document(unit);
      const found = gate.open(document);
      const hidden = html`${visitor.formField}${versionField(providerNow(document), form, refusal)}`;
      const saved = keptIn(found?.upstream ?? null);
      // A form that is sent again without a typed secret would keep the old one, which was to be replaced.
      const secret = (form.get("clientSecret") ?? "") !== "" ? "typed" : found === null ? "none" : "kept";
      const filled = form.size > 0 ? typedIn(form) : saved;
      return html`${isStale(refusal) ? savedNow(saved) : null}<p>Somebody new signs in there once, to show who they are, and then registers a key. Their address there is who
they are here.</p>${settingsForm(filled, { callback, hidden, secret })}${found === null ? null : removeForm(hidden)}`;
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
  requireVersion(providerNow(document), form);
  return document;
}

const providerNow = (document: string | null): Shown => ({ what: "the sign-in provider", now: document });

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

const LABELS = {
  name: "Name",
  issuer: "Issuer",
  clientId: "Client id",
  domains: "Domains",
  enrols: "Who registers a key after it",
  groups: "Groups",
  claims: "Claims",
  trustsEmails: "Its addresses count though it does not say that they are verified",
} as const;

/** What is saved, beside a form that is filled with something else. */
function savedNow(saved: Filled): Html {
  if (saved.size === 0) return html`<p>No provider is set now.</p>`;
  const values = Object.entries(LABELS).flatMap(([name, label]) => {
    const value = saved.get(name) ?? "";
    return value === "" ? [] : [html`<dt>${label}</dt><dd>${value === "on" ? "yes" : value}</dd>`];
  });
  return html`<h2>Saved now</h2><dl>${values}</dl><h2>Yours</h2>`;
}

function settingsForm(
  filled: Filled,
  { callback, hidden, secret }: { readonly callback: string; readonly hidden: Html; readonly secret: "typed" | "kept" | "none" },
): Html {
  const text = (name: keyof typeof LABELS, hint = "", required = true): Html =>
    html`<label>${LABELS[name]} <small>${hint}</small>
<input name="${name}" value="${filled.get(name) ?? ""}" maxlength="1000" autocomplete="off"${required ? html` required` : null}></label>`;
  const chosen = (value: Upstream["enrols"]): Html | null => (filled.get("enrols") === value ? html` selected` : null);
  return html`<form method="post" action="${PATH}">${hidden}
<p>Register this server there as a web application, with this address to come back to:</p><pre><code>${callback}</code></pre>
${text("name", "as people know it: Google, Entra, Okta")}
${text("issuer", "https://accounts.google.com; https://login.microsoftonline.com/TENANT-ID/v2.0; https://example.okta.com")}
${text("clientId")}
<label>Client secret <small>${secret === "typed" ? NOT_KEPT : secret === "kept" ? "empty: as it is" : ""}</small>
<input name="clientSecret" type="password" maxlength="1000" autocomplete="off"${secret === "kept" ? null : html` required`}></label>
${text("domains", "whose addresses it speaks for, with blanks between them")}
<label>${LABELS.enrols} <select name="enrols"><option value="invited"${chosen("invited")}>those who are invited</option>
<option value="everybody"${chosen("everybody")}>everybody of the domains</option></select></label>
${text("groups", "of those who come without an invitation", false)}
${text("claims", "that its tokens must have: tid=… for Entra, hd=example.com for Google", false)}
<label><input type="checkbox" name="trustsEmails"${filled.has("trustsEmails") ? html` checked` : null}> ${LABELS.trustsEmails} <small>as with Entra; only where people cannot choose their address there</small></label>
<div class="choice"><button>Try it, and save</button></div></form>`;
}

function removeForm(hidden: Html): Html {
  return html`<form method="post" action="${PATH}/remove">${hidden}<button class="danger">Remove the provider</button></form>`;
}
