import { keyFileGuardKind } from "../../src/stores/key-file/key-file-guard.ts";
import { keyGuardContract } from "./key-guard.ts";
import { storeContract } from "./store.ts";
import { sealedFilePlace, userFolders } from "./store-place.ts";

keyGuardContract("the key file", (context) => {
  const folders = userFolders(context);
  return () => keyFileGuardKind({ paths: folders, files: folders.files });
});

storeContract("sealed files under a key file", (context) => {
  const folders = userFolders(context);
  return sealedFilePlace(folders, () => keyFileGuardKind({ paths: folders, files: folders.files }), null);
});
