import { INVITE_PURPOSES } from "../../wire/brevet-api/admin/invites.ts";
import type { Invite } from "../people/invite.ts";
import type { ListedPerson } from "../people/list-people.ts";
import { ADMINISTRATORS } from "../people/person.ts";
import type { Page } from "../store/page.ts";
import { type Html, html } from "./html.ts";
import type { Visitor } from "./signed-in.ts";
import { type Cell, chosen, minute, onPart, pager, table } from "./table.ts";

const PATH = "/admin";

/** What the page shows. */
export interface PeoplePage {
  readonly visitor: Visitor;
  readonly people: Page<ListedPerson>;
  readonly invites: Page<Invite>;
  /** Where the two lists are, and what people were looked for by. */
  readonly at: { readonly people: string | undefined; readonly invites: string | undefined; readonly wanted: string };
  /** Who asked for the recovery of a person, by that person. */
  readonly asked: ReadonlyMap<string, string>;
  /** E-mail addresses of those who are named, by their ids. */
  readonly names: ReadonlyMap<string, string>;
  /** Which parts of its lists it shows, as it was asked for. */
  readonly query: ReadonlyMap<string, string>;
  /** What was typed into a form that was refused, and whose groups it changes; null: the form invites somebody. */
  readonly typed: { readonly form: ReadonlyMap<string, string>; readonly person: string | null };
}

/** What the page of people and invitations shows. */
export function peoplePage(page: PeoplePage): Html {
  const { people, at } = page;
  const rows = people.items.map((entry) => personRow(entry, page));
  const part = { path: PATH, query: { like: at.wanted }, parameter: "after", cursor: at.people, next: people.next };
  return html`<form class="fields" method="get" action="${PATH}"><label>Find
<input name="like" type="search" value="${at.wanted}" placeholder="a part of a name or an address" maxlength="254" autocomplete="off"></label>
<button class="quiet">Find</button></form>
${table("people", ["Name", "E-mail", "Groups", "Keys", "Change"], rows)}${pager("people", part)}
${invitation(page)}${invitesTable(page)}`;
}

function invitation({ visitor: { formField }, query, typed }: PeoplePage): Html {
  const was = (name: string): string => (typed.person === null ? (typed.form.get(name) ?? "") : "");
  return html`<h2>Invite somebody</h2><form class="fields" method="post" action="${onPart("/admin/invites", query)}">${formField}
<label>E-mail address<input name="email" type="email" required maxlength="254" value="${was("email")}" autocomplete="off"></label>
<label>Name<input name="name" required maxlength="100" value="${was("name")}" autocomplete="off"></label>
<label>Groups <small>with blanks between them; <code>administrators</code> may do all of this</small>
<input name="groups" maxlength="1000" value="${was("groups")}" autocomplete="off"></label><button>Make a link</button></form>`;
}

function personRow(entry: ListedPerson, page: PeoplePage): readonly Cell[] {
  const { visitor, query, asked, names, typed } = page;
  const { id, name, email, active, keys } = entry;
  const own = id === visitor.person.id;
  const askedBy = asked.get(id);
  const waits =
    askedBy === undefined
      ? null
      : html`<p class="soft">${names.get(askedBy) ?? "somebody"} asked that they be let in without a
key; another administrator has to agree.</p>`;
  const agree = askedBy !== undefined && askedBy !== visitor.person.id;
  const recovery =
    own || !active ? null : button(entry, page, "recover", agree ? "Agree: let in without a key" : "Let in without a key");
  const state = active ? deactivation(entry, page, own) : button(entry, page, "activate", "Activate");
  const marks = [...(active ? [] : ["deactivated"]), ...(own ? ["you"] : [])].map(
    (mark) => html` <span class="mark">${mark}</span>`,
  );
  return [
    html`${chosen(name)}${marks}`,
    email,
    groupsCell(entry, visitor, { own, query, typed: typed.person === id ? (typed.form.get("groups") ?? null) : null }),
    keys,
    html`<div class="choice">${state}${recovery}</div>${waits}`,
  ];
}

function button(
  { id, name }: ListedPerson,
  { visitor: { formField }, query }: PeoplePage,
  action: string,
  label: string,
  kind = "quiet",
): Html {
  return html`<form method="post" action="${onPart(`/admin/people/${encodeURIComponent(id)}/${action}`, query)}">${formField}<button class="${kind}" aria-label="${label} ${name}">${label}</button></form> `;
}

/** A change that shuts out the administrator who makes it asks for a tick, as the command line asks for `--myself`. */
function deactivation(entry: ListedPerson, page: PeoplePage, own: boolean): Html {
  if (!own) return button(entry, page, "deactivate", "Deactivate", "danger");
  return html`<details><summary>Deactivate yourself</summary><form method="post" action="${onPart(`/admin/people/${encodeURIComponent(entry.id)}/deactivate`, page.query)}">
${page.visitor.formField}${MYSELF}<button class="danger" aria-label="Deactivate yourself">Deactivate</button></form></details>`;
}

function groupsCell(
  { id, name, groups }: ListedPerson,
  { formField }: Visitor,
  { own, query, typed }: { readonly own: boolean; readonly query: ReadonlyMap<string, string>; readonly typed: string | null },
): Html {
  const said = groups.join(" ");
  const leaves = own && groups.includes(ADMINISTRATORS) ? html`<p>To leave <code>${ADMINISTRATORS}</code>:</p>${MYSELF}` : null;
  return html`${groups.join(", ") || "none"}<details${typed === null ? null : html` open`}><summary aria-label="Change the groups of ${name}">Change</summary>
<form method="post" action="${onPart(`/admin/people/${encodeURIComponent(id)}/groups`, query)}">${formField}<input type="hidden" name="shown" value="${said}">
<input name="groups" aria-label="Groups of ${name}" value="${typed ?? said}" placeholder="none" autocomplete="off">${leaves}
<button class="quiet" aria-label="Save the groups of ${name}">Save</button></form></details>`;
}

const MYSELF = html`<label class="tick"><input type="checkbox" name="myself" value="true"> I mean myself, and cannot undo it</label>`;

function invitesTable({ invites, visitor, names, at, query }: PeoplePage): Html | null {
  // The last link of the last part was used or taken back: there may be others, on the first.
  if (invites.items.length === 0 && at.invites === undefined) return null;
  const rows = invites.items.map(({ digest, kind, name, email, groups, madeBy, expiresAt, browser }) => {
    const by = madeBy === null ? "the server" : (names.get(madeBy) ?? "somebody who is gone");
    return [
      chosen(name ?? ""),
      email,
      html`${INVITE_PURPOSES[kind]}${browser === null ? null : html`, opened in one browser`}`,
      groups.join(", "),
      by,
      minute(expiresAt),
      html`<form method="post" action="${onPart(`/admin/invites/${encodeURIComponent(digest)}/withdraw`, query)}">${visitor.formField}
<button class="quiet" aria-label="Take back the link for ${name}">Take back</button></form>`,
    ];
  });
  const columns = ["Name", "E-mail", "For", "Groups", "Made by", "Until (UTC)", "Change"];
  const part = { path: PATH, parameter: "invites", cursor: at.invites, next: invites.next };
  return html`<h2>Links that nobody has used</h2>${table("links", columns, rows)}${pager("links", part)}`;
}
