import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PlanPorts } from "../../flows/apply-plan.ts";
import { renderTable } from "../../platform/terminal/table.ts";
import type { Plan } from "../../setup/plan.ts";
import type { Context } from "../command.ts";
import { agreed, showPlan } from "./plan-report.ts";

describe("a plan that is shown", () => {
  test("has a title as wide as the terminal, whose ARN stays whole", async () => {
    const plan: Plan = {
      id: "aws-dev",
      title: "AWS tools get the role arn:aws:iam::123456789012:role/developer as the profile dev",
      steps: [],
    };
    let shown = "";
    const context = {
      output: (text: string) => {
        shown = text;
      },
      terminal: {
        table: async (header: readonly string[], rows: Parameters<typeof renderTable>[1]) =>
          renderTable(header, rows, { paint: null, width: 60 }),
      },
    } as unknown as Context;
    await showPlan(plan, { "dry-run": true, json: false }, { records: { load: () => null } } as unknown as PlanPorts, context);
    assert.deepEqual(shown.split("\n").slice(0, 3), [
      "AWS tools get the role",
      "arn:aws:iam::123456789012:role/developer as the profile dev",
      "action  resource",
    ]);
  });
});

describe("a plan that is applied", () => {
  test("shows line by line what changes, and of what is made only that", async () => {
    const step = { kind: "thing", address: {}, owner: "ours", before: null, after: '{\n  "new": 1\n}' } as const;
    const steps = [
      { ...step, id: "a", does: "add the profile new" },
      { ...step, id: "b", does: "change the profile old", before: '{\n  "new": 2\n}' },
    ];
    let shown = "";
    const context = {
      errorOutput: (text: string) => {
        shown += text;
      },
      terminal: { table: async () => "table\n" },
    } as unknown as Context;
    const plans = {
      records: { load: () => null },
      provisionerFor: async () => ({ where: "here" }),
    } as unknown as PlanPorts;
    await showPlan({ id: "x", title: "x", steps }, { "dry-run": false, json: false }, plans, context);
    const diff = ["--- the profile old", "+++ the profile old", "@@ -1,3 +1,3 @@", " {", '-  "new": 2', '+  "new": 1', " }", ""];
    assert.equal(shown, `table\ntable\n\n${diff.join("\n")}`);
  });
});

describe("a plan of a cloud", () => {
  /** What was asked, what was shown, and how it came out, with a person who says no. */
  async function come(kind: "cloud" | "here", wish: { person?: boolean; yes?: boolean; "dry-run"?: boolean; json?: boolean }) {
    const asked: string[] = [];
    let shown = "";
    const show = (text: string): void => {
      shown += text;
    };
    const context = {
      output: show,
      errorOutput: show,
      terminal: {
        hasPerson: wish.person ?? true,
        confirm: async (question: string, preselected: string) => {
          asked.push(`${question} [${preselected}]`);
          return false;
        },
        table: async (header: readonly string[], rows: Parameters<typeof renderTable>[1]) =>
          renderTable(header, rows, { paint: null, width: 80 }),
      },
    } as unknown as Context;
    const step = { id: "a", does: "create the role", kind, address: {}, owner: "theirs", before: null, after: "1" } as const;
    const plans = { provisionerFor: async () => ({ where: kind }) } as unknown as PlanPorts;
    const flags = { yes: false, "dry-run": false, json: false, question: "go?", ...wish };
    const outcome = await agreed([{ id: "x", title: "x", steps: [step] }], flags, plans, context).catch(
      (cause: { code: string }) => cause.code,
    );
    return { asked, outcome, isShown: shown.includes(kind === "cloud" ? "the role (not made by brevet)" : "the role (yours)") };
  }

  test("is shown and then asked about once, and a no ends it before anything is done", async () => {
    assert.deepEqual(await come("cloud", {}), { asked: ["go? [no]"], outcome: "INTERRUPTED", isShown: true });
  });

  test("is shown to who is asked with --json too", async () => {
    assert.deepEqual(await come("cloud", { json: true }), { asked: ["go? [no]"], outcome: "INTERRUPTED", isShown: true });
  });

  for (const [what, kind, wish, outcome] of [
    ["with --yes", "cloud", { yes: true }, true],
    ["where nobody is at a terminal", "cloud", { person: false }, true],
    ["that is only shown", "cloud", { "dry-run": true }, false],
    ["of files of this machine alone", "here", {}, true],
  ] as const) {
    test(`${what} asks nobody`, async () => {
      assert.deepEqual(await come(kind, wish), { asked: [], outcome, isShown: true });
    });
  }
});
