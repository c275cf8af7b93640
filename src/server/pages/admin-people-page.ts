import type { Answer } from "../http/route.ts";
import type { Invite } from "../people/invite.ts";
import type { ListedPerson } from "../people/list-people.ts";
import type { Page } from "../store/page.ts";
import { adminLinks } from "./administer.ts";
import { type Html, html } from "./html.ts";
import { pageAnswer } from "./page.ts";
import type { Visitor } from "./signed-in.ts";

/** What the page shows. */
export interface PeoplePage {
  readonly organisation: string;
  readonly visitor: Visitor;
  readonly people: Page<ListedPerson>;
  readonly invites: Page<Invite>;
}

/** The page of people and invitations. */
export function peoplePage({ organisation, visitor, people, invites }: PeoplePage): Answer {
  const { formField } = visitor;
  const more = (name: string, cursor: string | null): Html | null =>
    cursor === null ? null : html`<p><a href="/admin?${name}=${cursor}">More</a></p>`;
  const content = html`<h2>Invite somebody</h2><form method="post" action="/admin/invites">${formField}
<label>E-mail address<input name="email" type="email" required maxlength="254" autocomplete="off"></label>
<label>Name<input name="name" required maxlength="100" autocomplete="off"></label>
<label>Groups <small>with blanks between them; <code>administrators</code> may do all of this</small>
<input name="groups" maxlength="1000" autocomplete="off"></label><button>Make a link</button></form>
${invitesTable(invites.items, formField)}${more("invites", invites.next)}<h2>People</h2><div class="scroll"><table><thead><tr><th scope="col">Name</th>
<th scope="col">E-mail</th><th scope="col">Groups</th><th scope="col">Change</th></tr></thead>
<tbody>${people.items.map((entry) => personRow(entry, formField))}</tbody></table></div>${more("after", people.next)}`;
  return pageAnswer({ title: "People", organisation, wide: true, links: adminLinks("/admin"), content });
}

function personRow({ id, name, email, active, groups }: ListedPerson, formField: Html): Html {
  const path = `/admin/people/${encodeURIComponent(id)}`;
  const button = (action: string, label: string, kind: string): Html =>
    html`<form method="post" action="${path}/${action}">${formField}<button class="${kind}" aria-label="${label} ${name}">${label}</button></form> `;
  const state = active ? button("deactivate", "Deactivate", "danger") : button("activate", "Activate", "quiet");
  return html`<tr><td>${name}${active ? null : html` <small>(deactivated)</small>`}</td><td>${email}</td>
<td><form method="post" action="${path}/groups">${formField}<input type="hidden" name="shown" value="${groups.join(" ")}">
<input name="groups" aria-label="Groups of ${name}" value="${groups.join(" ")}">
<button class="quiet" aria-label="Save the groups of ${name}">Save</button></form></td>
<td>${state}${button("recover", "Let in without a key", "quiet")}</td></tr>`;
}

function invitesTable(invites: readonly Invite[], formField: Html): Html | null {
  if (invites.length === 0) return null;
  const rows = invites.map(
    ({ digest, name, email, expiresAt }) => html`<tr><td>${name}</td><td>${email}</td>
<td>${new Date(expiresAt * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC</td><td>
<form method="post" action="/admin/invites/${encodeURIComponent(digest)}/withdraw">${formField}
<button class="quiet" aria-label="Take back the link for ${name}">Take back</button></form></td></tr>`,
  );
  return html`<h2>Links that nobody has used</h2><div class="scroll"><table><thead><tr><th scope="col">Name</th><th scope="col">E-mail</th>
<th scope="col">Until</th><th scope="col">Change</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}
