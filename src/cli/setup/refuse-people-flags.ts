import { Fault } from "../../core/fault.ts";

/** Refuses flags that say which people may come, where the identity is a device. @throws {Fault} `USAGE_INVALID` */
export function refusePeopleFlags<Name extends string>(
  device: string,
  flags: Readonly<Record<Name, string | readonly string[] | undefined>>,
  names: readonly Name[],
): void {
  const stray = names.find((name) => (flags[name] ?? []).length > 0);
  if (stray === undefined) return;
  throw new Fault("USAGE_INVALID", `--${stray} is for people, and ${device} is a device, which is let in by its own subject`, {
    hints: [`leave --${stray} out, or name who it is for: \`--identity NAME\``],
  });
}
