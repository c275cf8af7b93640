import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault } from "../../core/fault.ts";
import { parseAzureBlobDestination } from "./destination.ts";

describe("a container of Azure Blob Storage", () => {
  it("is an account or its host, and a path", () => {
    const urls = {
      "azure-blob://issuers/$web/laptop/": "https://issuers.blob.core.windows.net/$web/laptop/",
      "azure-blob://issuers.blob.core.usgovcloudapi.net/oidc": "https://issuers.blob.core.usgovcloudapi.net/oidc/",
      "azure-blob://issuers.z12.blob.storage.azure.net/oidc": "https://issuers.z12.blob.storage.azure.net/oidc/",
      "azure-blob://127.0.0.1:10000/devstoreaccount1/oidc": "https://127.0.0.1:10000/devstoreaccount1/oidc/",
    };
    for (const [text, url] of Object.entries(urls)) assert.equal(parseAzureBlobDestination(text).url, url);
  });

  it("is no host of others, which would be sent a token for storage", () => {
    for (const text of [
      "azure-blob://issuers",
      "azure-blob://example.com/oidc",
      "azure-blob://issuers.blob.core.windows.net.example.com/oidc",
      "azure-blob://example.com/issuers.blob.core.windows.net/oidc",
      "azure-blob://me@issuers.blob.core.windows.net/oidc",
      "azure-blob://issuers/../oidc",
      "azure-blob://issuers/oidc?sig=1",
    ]) {
      assert.throws(
        () => parseAzureBlobDestination(text),
        (error) => error instanceof Fault && error.code === "URL_INVALID",
        text,
      );
    }
  });
});
