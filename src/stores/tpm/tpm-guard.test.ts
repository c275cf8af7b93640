import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { userFolders } from "../../../test/contracts/store-place.ts";
import { Fault } from "../../core/fault.ts";
import { Secret } from "../../core/secret.ts";
import { tpmGuardKind } from "./tpm-guard.ts";

test("where there is no TPM, a store that is made is offered what else can guard it", async (context) => {
  const folders = userFolders(context);
  const address = { kind: "unix", path: join(folders.stateFolder, "no-tpm") } as const;
  const guard = tpmGuardKind({ paths: folders, files: folders.files, address }).open("0123456789abcdef");
  await assert.rejects(guard.save(new Secret("key", new Uint8Array(32))), (cause) => {
    assert.ok(cause instanceof Fault);
    assert.equal(cause.code, "STORE_GUARD_ABSENT");
    assert.match(cause.hints.join(), /`brevet init … --store file`/);
    return true;
  });
});
