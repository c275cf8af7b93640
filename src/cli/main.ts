import { brevetPaths } from "../platform/paths.ts";
import { systemTerminal } from "../platform/terminal/terminal.ts";
import { writeAll, writeLog } from "../platform/write-all.ts";
import { composition } from "./compose.ts";
import { run } from "./run.ts";

const environment = process.env;
const paths = brevetPaths(environment);
const terminal = systemTerminal(environment);
const status = run(process.argv.slice(2), {
  environment,
  paths,
  terminal,
  output: (text) => writeAll(1, text),
  errorOutput: writeLog,
  compose: composition({ environment, paths, terminal }),
  workingFolder: process.cwd(),
});
// Everything was written synchronously, so nothing is lost; an idle keep-alive connection must not hold the program.
void status.then((code) => process.exit(code));
