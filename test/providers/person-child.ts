import { appendFileSync, readFileSync } from "node:fs";
import { signInAsPerson } from "./person.ts";

/** Stands where a browser would, as a program of its own: signs in whom `PERSON` names at the page that it is given. */
const [, , url = ""] = process.argv;
const { PERSON = "alice", PERSON_HOSTS = "{}", PERSON_AUTHORITY, PERSON_LOG } = process.env;
if (PERSON_LOG !== undefined) appendFileSync(PERSON_LOG, `${url}\n`);
const authority = PERSON_AUTHORITY === undefined ? {} : { authority: readFileSync(PERSON_AUTHORITY, "utf8") };
const page = await signInAsPerson(url, PERSON, { hosts: JSON.parse(PERSON_HOSTS), ...authority });
if (PERSON_LOG !== undefined)
  appendFileSync(PERSON_LOG, `${page.status} ${page.body.replaceAll(/<style>[^<]*<\/style>/g, "")}\n`);
