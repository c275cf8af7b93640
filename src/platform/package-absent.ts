import { Fault } from "../core/fault.ts";
import type { FaultCode } from "../core/fault-codes.ts";

/** An optional package of npm's, which `--omit=optional` leaves out. `purpose` says what brevet does by it. */
export function packageAbsent(
  code: FaultCode,
  { name, purpose }: Readonly<Record<"name" | "purpose", string>>,
  cause: unknown,
): Fault {
  return new Fault(code, `the package ${name}, by which brevet ${purpose}, is not installed`, {
    hints: ["install brevet again, without `--omit=optional`", "or take the executable, which needs no packages"],
    cause,
  });
}
