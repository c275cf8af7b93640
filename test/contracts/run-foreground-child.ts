/*
 * Runs a program as `brevet exec` does: `run-foreground-child.ts PROGRAM [ARG…]`. A process of its own, because what is
 * tested is what becomes of the signals that this process gets.
 */
import { Fault } from "../../src/core/fault.ts";
import { runForeground } from "../../src/platform/processes/run-foreground.ts";

const [command = "", ...args] = process.argv.slice(2);
runForeground({ command, args, environment: process.env }).then(
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(error instanceof Fault ? error.code : error);
    process.exit(99);
  },
);
