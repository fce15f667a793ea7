import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_FOLDER } from "../own-package.js";

/** Where the built package has the page: one file, which loads nothing else. */
export const BUNDLE_FILE = join(PACKAGE_FOLDER, "dist/lib/ui/page-bundle.html");
/** The page's sources, which only a clone has. */
const SOURCES = join(PACKAGE_FOLDER, "lib/ui/page");

export interface PageBundle {
  readonly html: string;
  /** Lets the page's own script and style run, and nothing else. */
  readonly contentSecurityPolicy: string;
}

/** In a clone the page from its sources, else the built one. */
export async function pageBundle(): Promise<PageBundle> {
  const html = existsSync(SOURCES) ? await bundlePage() : readFileSync(BUNDLE_FILE, "utf8");
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
  const { outputFiles } = await build({
    entryPoints: [join(SOURCES, "main.ts"), join(SOURCES, "page.css")],
    outdir: SOURCES,
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
  return readFileSync(join(SOURCES, "page.html"), "utf8")
    .replace("<!-- licences -->", () => `<!-- Contains uPlot.\n${licence}\n-->`)
    .replace("<style></style>", () => `<style>${text(".css")}</style>`)
    .replace("<script></script>", () => `<script>${text(".js")}</script>`);
}
