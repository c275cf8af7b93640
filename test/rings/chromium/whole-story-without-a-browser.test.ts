import { test } from "node:test";
import { tellWholeStory } from "./whole-story.ts";

test("demo:server ends in AWS and leaves nothing behind, without a browser", () =>
  tellWholeStory({ DEMO_BROWSER: "none" }, [
    /on an empty folder;/,
    /the person was over HTTP, by the test suite's security key in software/,
  ]));
