import { writeAll } from "../../src/platform/write-all.ts";

/** Writes lines to the terminal, in turn as Windows needs it and as all others do, and ends at once. */
for (let line = 0; line < 200; line++) writeAll(1 + (line % 2), `${line} é€😀\n`, line % 3 === 0 ? "win32" : "linux");
process.exit(0);
