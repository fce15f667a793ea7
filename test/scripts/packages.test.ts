import { existsSync } from "node:fs";
import { join } from "node:path";
import { PACKAGES } from "../../scripts/packages.js";
import { ROOT } from "../support/config.js";
import { linksOf } from "../support/markdown.js";
import { pageText } from "../support/pages.js";

describe.each(PACKAGES)("$name", ({ folder, also }) => {
  test("is packed with files that exist", () => {
    expect(also.filter((file) => !file.startsWith("dist/") && !existsSync(join(ROOT, file)))).toEqual([]);
  });

  test("has what its pages link to", () => {
    const packed = (file: string) => also.some((entry) => file === entry || file.startsWith(`${entry}/`));
    const targets = [`${folder}/README.md`, ...also.filter((file) => file.endsWith(".md"))].flatMap((page) =>
      linksOf(pageText(page))
        .filter((link) => !/^(https?:|#)/.test(link))
        .map((link) => join(page.startsWith("docs/") ? "docs" : ".", link.replace(/#.*/, "")).replaceAll("\\", "/")),
    );
    expect(targets.filter((target) => !packed(target))).toEqual([]);
  });
});
