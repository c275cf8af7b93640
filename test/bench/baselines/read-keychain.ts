import { writeSync } from "node:fs";
import { AsyncEntry } from "@napi-rs/keyring";

// The least that a program does which only reads one entry of the keychain: `read-keychain SERVICE ACCOUNT`.
const [service = "", account = ""] = process.argv.slice(2);
const password = await new AsyncEntry(service, account, { linux: { store: "secret-service" } }).getPassword();
writeSync(1, `${password?.length}\n`);
process.exit(password == null ? 1 : 0);
