import { resolve } from "node:path";
import { Fault } from "../../core/fault.ts";
import { privateFiles } from "../../platform/private-files.ts";
import { defineCommand } from "../command.ts";
import { SANDBOX_FOLDER, sandboxFolder } from "../flags/sandbox-folder.ts";

export const command = defineCommand({
  path: "sandbox certificate",
  description:
    "For a server that speaks HTTPS itself and is mapped by `--issuer https://HOST=127.0.0.1:PORT`. A server that speaks plain " +
    "HTTP needs none: map it by `--issuer https://HOST=http://127.0.0.1:PORT`, and the sandbox stands before it.",
  positionals: [{ name: "HOST", doc: "the host name in the issuer's URL", required: true }],
  flags: {
    out: { kind: "text", value: "FILE", doc: "where key and certificate go, PEM, for the owner only; default HOST.pem" },
    folder: SANDBOX_FOLDER,
  },
  examples: [{ line: "brevet sandbox certificate id.example --out id.pem", does: "for a login server at https://id.example" }],
  async run({ flags, words }, { compose, paths, terminal, workingFolder }) {
    const host = words["HOST"] ?? "";
    if (!/^(?=.{1,253}$)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$/.test(host))
      throw new Fault("NAME_INVALID", `"${host}" is not a host name in lower case`);
    const sandbox = await compose.sandbox(sandboxFolder(flags.folder, { paths, workingFolder }));
    const made = await sandbox.certificate([host, "localhost", "127.0.0.1"], () => compose.clock.now());
    const file = resolve(workingFolder, flags.out ?? `${host}.pem`);
    privateFiles().replace(file, Buffer.from(`${made.key.trim()}\n${made.certificate.trim()}\n`));
    terminal.say(`wrote ${file}: the key and the certificate for ${host}, which last 90 days`);
    return 0;
  },
});
