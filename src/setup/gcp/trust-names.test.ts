import assert from "node:assert/strict";
import { test } from "node:test";
import { accountEmail, projectOfAccount } from "./trust-names.ts";

test("the e-mail of a service account says its project, also where that is of a domain", () => {
  for (const project of ["my-project", "example.com:my-project", "sub.example.com:my-project"]) {
    assert.equal(projectOfAccount(accountEmail("brevet-laptop", project)), project);
  }
  for (const googles of ["my-project@appspot.gserviceaccount.com", "123456789012-compute@developer.gserviceaccount.com"]) {
    assert.equal(projectOfAccount(googles), null);
  }
});
