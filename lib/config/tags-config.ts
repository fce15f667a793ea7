import { z } from "zod";
import { tagProblems, unusableTagNameProblem } from "../rules/tags.js";
import { expressionProblem, hasRightType } from "./fields.js";

const tags = z
  .record(z.string(), z.string())
  .superRefine(
    (value, ctx) => {
      const wrong = new Set(ctx.issues.map(({ path }) => path?.[0]));
      const right = Object.entries(value).filter(([name]) => !wrong.has(name));
      const add = (path: string[], message: string | undefined) => {
        if (message !== undefined) ctx.addIssue({ code: "custom", path, message });
      };
      for (const { name, problem } of tagProblems(Object.fromEntries(right)))
        add(name === undefined ? [] : [name], problem);
      for (const [name, text] of right) add([name], expressionProblem(name) ?? expressionProblem(text));
    },
    { when: hasRightType },
  )
  .meta({ examples: [{ owner: "platform" }] });

export const tagsSchema = z.preprocess((value, ctx) => {
  // A record drops the one name that is special in JavaScript, without a word.
  if (typeof value === "object" && value !== null && Object.hasOwn(value, "__proto__"))
    ctx.addIssue({ code: "custom", path: ["__proto__"], message: unusableTagNameProblem("__proto__") });
  return value;
}, tags);
