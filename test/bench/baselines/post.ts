import { readFileSync, writeSync } from "node:fs";

// The least that a program does which sends one request over TLS and prints the answer: `post URL CA-FILE BODY-FILE`.
const [url = "", caFile = "", bodyFile = ""] = process.argv.slice(2);
const init = {
  method: "POST",
  body: readFileSync(bodyFile, "utf8"),
  headers: { "content-type": "application/x-www-form-urlencoded" },
  tls: { ca: readFileSync(caFile, "utf8") },
};
const response = await fetch(url, init as RequestInit);
writeSync(1, await response.text());
process.exit(response.ok ? 0 : 1);
