import { readFileSync, writeSync } from "node:fs";
import { Fault } from "../../src/core/fault.ts";
import { nameOfTerminal } from "../../src/platform/terminal/streamable-terminal.ts";
import { systemTerminal } from "../../src/platform/terminal/terminal.ts";

/** Runs the file that it is given, in which `terminal`, `Fault`, `print`, which writes to stdout, and `nameOfTerminal` are known. */
const AsyncFunction = (async () => undefined).constructor as FunctionConstructor;
const body = new AsyncFunction("terminal", "Fault", "print", "nameOfTerminal", readFileSync(process.argv[2] ?? "", "utf8"));
await body(systemTerminal(process.env), Fault, (text: string) => writeSync(1, text), nameOfTerminal);
