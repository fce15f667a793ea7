import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Where the built package has the page: one file, which loads nothing else. */
export const BUNDLE_FILE = "page-bundle.html";

export interface PageBundle {
  readonly html: string;
  /** Lets the page's own script and style run, and nothing else. */
  readonly contentSecurityPolicy: string;
}

/** The built page, or in a clone the page from its sources. */
export async function pageBundle(): Promise<PageBundle> {
  const built = join(__dirname, BUNDLE_FILE);
  const html = existsSync(built) ? readFileSync(built, "utf8") : await bundlePage();
  const sources = (tag: string) => {
    const [, text = ""] = new RegExp(`<${tag}>(.*?)</${tag}>`, "s").exec(html) ?? [];
    return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  };
  const contentSecurityPolicy = [
    "default-src 'none'",
    `script-src ${sources("script")}`,
    `style-src ${sources("style")}`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  return { html, contentSecurityPolicy };
}

/** Bundles the page's sources. Only in a clone: esbuild and uPlot are not installed with the package. */
export async function bundlePage(): Promise<string> {
  const { build } = await import("esbuild");
  const page = join(__dirname, "page");
  const { outputFiles } = await build({
    entryPoints: [join(page, "main.ts"), join(page, "page.css")],
    outdir: page,
    write: false,
    bundle: true,
    minify: true,
    charset: "utf8",
    format: "iife",
    target: "es2022",
    legalComments: "none",
  });
  const text = (extension: string) => outputFiles.find(({ path }) => path.endsWith(extension))?.text.trim() ?? "";
  const licence = readFileSync(join(require.resolve("uplot"), "../../LICENSE"), "utf8").trim();
  return readFileSync(join(page, "page.html"), "utf8")
    .replace("<!-- licences -->", () => `<!-- Contains uPlot.\n${licence}\n-->`)
    .replace("<style></style>", () => `<style>${text(".css")}</style>`)
    .replace("<script></script>", () => `<script>${text(".js")}</script>`);
}
