import * as openai from "openai";
import * as simulator from "../../lib/simulator/index.js";
import { runSnippet } from "../support/run-snippet.js";

test("the page's example prints what it says", async () => {
  const modules = { "aoai-kiss-lb/simulator": simulator, openai };
  expect(await runSnippet("docs/fake-openai.md", modules)).toEqual([["Hello from fake-openai."], [[429, 200]]]);
});
