import { CLIENTS } from "../../wire/brevet-api/admin/clients.ts";
import { checkFields } from "../admin/check-fields.ts";
import type { Route, ServerRequest } from "../http/route.ts";
import type { RegisteredClient } from "../provider/registered-clients.ts";
import { type AdminPage, change, look } from "./administer.ts";
import { requireVersion, type Shown, versionField } from "./form-version.ts";
import { type Html, html } from "./html.ts";
import { pageAnswer, seeOther } from "./page.ts";
import type { PageParts } from "./page-parts.ts";
import { type Cell, chosen, minute, onPart, pager, ROWS, table } from "./table.ts";

const PATH = "/admin/clients";
const METHODS = ["client_secret_basic", "client_secret_post", "none"] as const;

/** The page of applications, which are OpenID clients. */
export function adminClientsRoutes(parts: PageParts): readonly Route[] {
  const { clients, organisation } = parts;
  const page: AdminPage = {
    path: PATH,
    async content({ formField }, { query, form, parameters }, unit, refusal) {
      const cursor = query.get("cursor");
      const { items, next } = await clients.list(unit, { cursor, limit: ROWS });
      const typed = { name: form.get("name") ?? "", redirects: form.get("redirects") ?? "" };
      const changed = parameters["client"] ?? null;
      const rows = items.map((client) => {
        const isChanged = client.metadata["client_id"] === changed;
        const hidden = { formField, version: versionField(clientNow(client), isChanged ? form : null, refusal) };
        return clientRow(client.metadata, isChanged ? typed : null, { ...hidden, query });
      });
      const methods = METHODS.map(
        (each) => html`<option${each === form.get("method") ? html` selected` : null}>${each}</option>`,
      );
      return html`<h2>Register an application</h2><form class="fields" method="post" action="${onPart(PATH, query)}">${formField}${fields(changed === null ? typed : NOTHING)}
<label>Client authentication<select name="method">${methods}</select></label>
<button>Register</button></form><h2>Registered</h2>
${table("applications", ["Name", "Id", "Redirect URLs", "Registered (UTC)", "Change"], rows)}${pager("applications", { path: PATH, cursor, next })}`;
    },
  };
  return [
    look(parts, page),
    change(
      parts,
      PATH,
      async ({ by }, request, unit) => {
        const method = request.form.get("method") ?? METHODS[0];
        const body = checkFields(CLIENTS.register.body, { ...said(request), token_endpoint_auth_method: method }, "the form");
        const made = await clients.register(request.raw.request, unit, body, by);
        const secret = made["client_secret"];
        const content = html`<dl><dt>Client id</dt><dd><code>${String(made["client_id"])}</code></dd>
${typeof secret === "string" ? html`<dt>Client secret</dt><dd><code>${secret}</code></dd>` : null}<dt>Issuer</dt><dd><code>${parts.party.origin}</code></dd></dl>
${typeof secret === "string" ? html`<p>The secret is shown only now.</p>` : null}<p><a href="${PATH}">Back</a></p>`;
        return pageAnswer({ title: "The application is registered", organisation, content });
      },
      page,
    ),
    change(
      parts,
      `${PATH}/:client/change`,
      async ({ by }, request, unit) => {
        const client = await clients.find(unit, request.parameters["client"] ?? "");
        requireVersion(clientNow(client), request.form);
        const body = checkFields(CLIENTS.change.body, said(request), "the form");
        await clients.change(request.raw.request, unit, client, body, by);
        return seeOther(onPart(PATH, request.query));
      },
      page,
    ),
    change(parts, `${PATH}/:client/remove`, async ({ by }, { parameters, query }, unit) => {
      await clients.remove(unit, parameters["client"] ?? "", by);
      return seeOther(onPart(PATH, query));
    }),
  ];
}

const clientNow = ({ document }: RegisteredClient): Shown => ({ what: "the application", now: document });

function said({ form }: ServerRequest): Readonly<Record<string, unknown>> {
  const redirects = (form.get("redirects") ?? "").split(/\s+/).filter((url) => url !== "");
  return { client_name: form.get("name") ?? "", redirect_uris: redirects };
}

interface Fields {
  readonly name: string;
  readonly redirects: string;
}

const NOTHING: Fields = { name: "", redirects: "" };

function fields({ name, redirects }: Fields): Html {
  return html`<label>Name <small>what people read before they let it in</small><input name="name" required maxlength="100" value="${name}" autocomplete="off"></label>
<label>Redirect URLs <small>with blanks between them</small><input name="redirects" required maxlength="4000" value="${redirects}" autocomplete="off"></label>`;
}

/** @param typed what was typed into its form, if that was refused. */
function clientRow(
  metadata: Readonly<Record<string, unknown>>,
  typed: Fields | null,
  {
    formField,
    version,
    query,
  }: { readonly formField: Html; readonly version: Html; readonly query: ReadonlyMap<string, string> },
): readonly Cell[] {
  const id = String(metadata["client_id"]);
  const name = typeof metadata["client_name"] === "string" ? metadata["client_name"] : "";
  const uris = metadata["redirect_uris"];
  const redirects = Array.isArray(uris) ? uris.join(" ") : "";
  const issued = metadata["client_id_issued_at"];
  const path = `${PATH}/${encodeURIComponent(id)}`;
  return [
    chosen(name),
    html`<code>${id}</code>`,
    redirects,
    minute(typeof issued === "number" ? issued : null),
    html`<details${typed === null ? null : html` open`}><summary aria-label="Change ${name}">Change</summary><form method="post" action="${onPart(`${path}/change`, query)}">${formField}${version}${fields(typed ?? { name, redirects })}
<button class="quiet" aria-label="Save ${name}">Save</button></form></details><form method="post" action="${onPart(`${path}/remove`, query)}">${formField}
<button class="danger" aria-label="Remove ${name}">Remove</button></form>`,
  ];
}
