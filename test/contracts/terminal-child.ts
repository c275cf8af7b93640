import { readFileSync, writeSync } from "node:fs";
import { Fault } from "../../src/core/fault.ts";
import { isTerminal } from "../../src/platform/terminal/is-terminal.ts";
import { nameOfTerminal } from "../../src/platform/terminal/streamable-terminal.ts";
import { systemTerminal } from "../../src/platform/terminal/terminal.ts";
import { pageWidth, terminalWidth } from "../../src/platform/terminal/width.ts";

/** Runs the file that it is given, in which these are known; `print` writes to stdout. */
const known = {
  terminal: systemTerminal(process.env),
  Fault,
  print: (text: string) => writeSync(1, text),
  nameOfTerminal,
  isTerminal,
  pageWidth,
  terminalWidth,
};
const AsyncFunction = (async () => undefined).constructor as FunctionConstructor;
const body = new AsyncFunction(...Object.keys(known), readFileSync(process.argv[2] ?? "", "utf8"));
await body(...Object.values(known));
