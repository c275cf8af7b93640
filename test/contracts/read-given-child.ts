/** Prints what comes on a stdin that does not block, and says when it begins to wait. */
import { readGivenFile } from "../../src/cli/flags/read-given-file.ts";
import { writeAll } from "../../src/platform/write-all.ts";

// To touch it has Node set the descriptor so; nothing reads from it yet.
process.stdin.pause();
writeAll(2, "waiting\n");
writeAll(1, readGivenFile("-"));
process.exit(0);
