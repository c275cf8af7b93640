import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { signInAsPerson } from "./person.ts";

/** Stands where a browser would, as a program of its own: signs in whom `PERSON` names at the page that it is given. */
const [, , url = ""] = process.argv;
const { PERSON = "alice", PERSON_HOSTS = "{}", PERSON_AUTHORITY, PERSON_LOG, PERSON_WAITS_FOR } = process.env;
if (PERSON_LOG !== undefined) appendFileSync(PERSON_LOG, `${url}\n`);
// A person who takes until that file is there.
while (PERSON_WAITS_FOR !== undefined && !existsSync(PERSON_WAITS_FOR)) await pause(50);
const authority = PERSON_AUTHORITY === undefined ? {} : { authority: readFileSync(PERSON_AUTHORITY, "utf8") };
const page = await signInAsPerson(url, PERSON, { hosts: JSON.parse(PERSON_HOSTS), ...authority });
if (PERSON_LOG !== undefined)
  appendFileSync(PERSON_LOG, `${page.status} ${page.body.replaceAll(/<style>[^<]*<\/style>/g, "")}\n`);
