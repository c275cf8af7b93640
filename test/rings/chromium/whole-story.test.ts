import { test } from "node:test";
import { tellWholeStory } from "./whole-story.ts";

test("demo:server ends in AWS and leaves nothing behind, in Chromium", () =>
  tellWholeStory({ DEMO_BROWSER: "chromium" }, [/on an empty folder;/, /the person was in Chromium \d+/]));
