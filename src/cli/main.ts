import { settleBeforeExit } from "../platform/before-exit.ts";
import { brevetPaths } from "../platform/paths.ts";
import { systemTerminal } from "../platform/terminal/terminal.ts";
import { workingFolder } from "../platform/working-folder.ts";
import { writeAll, writeLog } from "../platform/write-all.ts";
import { composition } from "./compose.ts";
import { run } from "./run.ts";

// Until it is known better: a program that ends with its work undone must not look as if it had done it. It is the status of
// a fault; the table of faults itself is for calls that have one.
process.exitCode = 1;
const environment = process.env;
const paths = brevetPaths(environment);
const terminal = systemTerminal(environment);
const words = process.argv.slice(2);
const status = run(words, {
  environment,
  paths,
  terminal,
  output: (text) => writeAll(1, text),
  errorOutput: writeLog,
  compose: composition({ words, environment, paths, terminal }),
  get workingFolder() {
    return workingFolder();
  },
});
// Everything was written synchronously, so nothing is lost; an idle keep-alive connection must not hold the program.
void status.then(async (code) => {
  await settleBeforeExit();
  process.exit(code);
});
