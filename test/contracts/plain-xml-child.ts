import { readPlainXml } from "../../src/wire/aws-sts/plain-xml.ts";

/** Prints how much was read of a text of 8 MiB. */
const text = "A".repeat(8 * 1024 * 1024);
process.stdout.write(JSON.stringify(readPlainXml(`<a>${text}</a>`)?.text.length ?? null));
