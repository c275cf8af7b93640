import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PlanPorts } from "../flows/apply-plan.ts";
import { renderTable } from "../platform/terminal/table.ts";
import type { Plan } from "../setup/plan.ts";
import type { Context } from "./command.ts";
import { showPlan } from "./plan-report.ts";

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
