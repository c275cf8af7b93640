import type { Answer } from "../http/route.ts";
import type { Invite } from "../people/invite.ts";
import type { ListedPerson } from "../people/list-people.ts";
import { ADMINISTRATORS } from "../people/person.ts";
import type { Page } from "../store/page.ts";
import { adminLinks, minute, table } from "./administer.ts";
import { type Html, html } from "./html.ts";
import { pageAnswer } from "./page.ts";
import type { Visitor } from "./signed-in.ts";

/** What the page shows. */
export interface PeoplePage {
  readonly organisation: string;
  readonly visitor: Visitor;
  readonly people: Page<ListedPerson>;
  readonly invites: Page<Invite>;
  /** Who asked for the recovery of a person, by that person. */
  readonly asked: ReadonlyMap<string, string>;
  /** E-mail addresses of those who are named, by their ids. */
  readonly names: ReadonlyMap<string, string>;
}

/** The page of people and invitations. */
export function peoplePage(page: PeoplePage): Answer {
  const { organisation, visitor, people, invites } = page;
  const { formField } = visitor;
  const more = (name: string, cursor: string | null): Html | null =>
    cursor === null ? null : html`<p><a href="/admin?${name}=${cursor}">More</a></p>`;
  const columns = ["Name", "E-mail", "Groups", "Keys", "Change"];
  const content = html`<h2>Invite somebody</h2><form method="post" action="/admin/invites">${formField}
<label>E-mail address<input name="email" type="email" required maxlength="254" autocomplete="off"></label>
<label>Name<input name="name" required maxlength="100" autocomplete="off"></label>
<label>Groups <small>with blanks between them; <code>administrators</code> may do all of this</small>
<input name="groups" maxlength="1000" autocomplete="off"></label><button>Make a link</button></form>
${invitesTable(page)}${more("invites", invites.next)}<h2>People</h2>
${table(
  "People",
  columns,
  people.items.map((entry) => personRow(entry, page)),
)}${more("after", people.next)}`;
  return pageAnswer({ title: "People", organisation, wide: true, links: adminLinks("/admin"), content });
}

function personRow(entry: ListedPerson, { visitor, asked, names }: PeoplePage): Html {
  const { id, name, email, active, keys } = entry;
  const own = id === visitor.person.id;
  const askedBy = asked.get(id);
  const waits =
    askedBy === undefined
      ? null
      : html`<p class="soft">${names.get(askedBy) ?? "somebody"} asked that they be let in without a
key; another administrator has to agree.</p>`;
  const agree = askedBy !== undefined && askedBy !== visitor.person.id;
  const recovery = own ? null : button(entry, visitor, "recover", agree ? "Agree: let in without a key" : "Let in without a key");
  const state = active ? deactivation(entry, visitor, own) : button(entry, visitor, "activate", "Activate");
  return html`<tr><td>${name}${active ? null : html` <small>(deactivated)</small>`}${own ? html` <small>(you)</small>` : null}</td><td>${email}</td>
<td>${groupsCell(entry, visitor, own)}</td><td>${keys}</td><td>${state}${recovery}${waits}</td></tr>`;
}

function button({ id, name }: ListedPerson, { formField }: Visitor, action: string, label: string, kind = "quiet"): Html {
  return html`<form method="post" action="/admin/people/${encodeURIComponent(id)}/${action}">${formField}<button class="${kind}" aria-label="${label} ${name}">${label}</button></form> `;
}

/** What shuts out who does it asks for a tick, as the command line asks for `--myself`. */
function deactivation(entry: ListedPerson, visitor: Visitor, own: boolean): Html {
  if (!own) return button(entry, visitor, "deactivate", "Deactivate", "danger");
  return html`<details><summary>Deactivate yourself</summary><form method="post" action="/admin/people/${encodeURIComponent(entry.id)}/deactivate">
${visitor.formField}${MYSELF}<button class="danger" aria-label="Deactivate yourself">Deactivate</button></form></details>`;
}

function groupsCell({ id, name, groups }: ListedPerson, { formField }: Visitor, own: boolean): Html {
  const said = groups.join(" ");
  const leaves = own && groups.includes(ADMINISTRATORS) ? html`<p>To leave <code>${ADMINISTRATORS}</code>:</p>${MYSELF}` : null;
  return html`${groups.join(", ") || "none"}<details><summary aria-label="Change the groups of ${name}">Change</summary>
<form method="post" action="/admin/people/${encodeURIComponent(id)}/groups">${formField}<input type="hidden" name="shown" value="${said}">
<input name="groups" aria-label="Groups of ${name}" value="${said}" placeholder="none" autocomplete="off">${leaves}
<button class="quiet" aria-label="Save the groups of ${name}">Save</button></form></details>`;
}

const MYSELF = html`<label class="tick"><input type="checkbox" name="myself" value="true"> I mean myself, and cannot take it back</label>`;

const KINDS: Readonly<Record<Invite["kind"], string>> = {
  first: "first administrator",
  join: "to join",
  recover: "to come back without a key",
};

function invitesTable({ invites, visitor, names }: PeoplePage): Html | null {
  if (invites.items.length === 0) return null;
  const rows = invites.items.map(({ digest, kind, name, email, groups, madeBy, expiresAt, browser }) => {
    const by = madeBy === null ? "the server" : (names.get(madeBy) ?? "somebody who is gone");
    return html`<tr><td>${name}</td><td>${email}</td><td>${KINDS[kind]}</td><td>${groups.join(" ")}</td><td>${by}</td>
<td>${browser === null ? "not used" : "opened in one browser"}</td><td class="at">${minute(expiresAt)}</td><td>
<form method="post" action="/admin/invites/${encodeURIComponent(digest)}/withdraw">${visitor.formField}
<button class="quiet" aria-label="Take back the link for ${name}">Take back</button></form></td></tr>`;
  });
  const columns = ["Name", "E-mail", "For", "Groups", "Made by", "State", "Until (UTC)", "Change"];
  return html`<h2>Links that nobody has used</h2>${table("Links", columns, rows)}`;
}
