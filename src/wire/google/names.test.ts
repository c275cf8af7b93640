import { type TakenNames, testTakenNames } from "../../../test/taken-names.ts";
import { parseProject, parseServiceAccount } from "./names.ts";

const TAKEN: readonly TakenNames[] = [
  [
    "a project",
    parseProject,
    ["my-project", "example.com:my-project", "123456789012", "a".repeat(30)],
    ["", "My Project", "my", "my_project", "my-project-", "1abcdef", "a".repeat(31), "my-project/x", "my-project\n"],
  ],
  [
    "a service account",
    parseServiceAccount,
    [
      "deploy@my-project.iam.gserviceaccount.com",
      "deploy@my-project.example.com.iam.gserviceaccount.com",
      "123-compute@developer.gserviceaccount.com",
      "my-project@appspot.gserviceaccount.com",
      "my-project.example.com@appspot.gserviceaccount.com",
      "example.com:my-project@appspot.gserviceaccount.com",
    ],
    ["", "deploy", "ann@example.com", "deploy@my project.iam.gserviceaccount.com"],
  ],
];

testTakenNames(TAKEN);
