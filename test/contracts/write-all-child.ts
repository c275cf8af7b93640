import { writeAll } from "../../src/platform/write-all.ts";

/** Writes four megabytes to stdout. */
writeAll(1, "x".repeat(4_000_000));
process.exit(0);
