/** What is published, all of it from one source. */
export interface Package {
  readonly name: string;
  /** Where its package.json and README.md are; the root's package is packed where it is. */
  readonly folder: string;
  /** What it has of the build: these modules, and those that they import. */
  readonly entries: readonly string[];
  /** Further files and folders of the repository. */
  readonly also: readonly string[];
  /** Packages that its modules import by another name than the sources do. */
  readonly renamed: Readonly<Record<string, string>>;
}

export const CDK_TERRAIN = {
  cdktf: "cdktn",
  "@cdktf/provider-azurerm": "@cdktn/provider-azurerm",
  "aoai-kiss-lb": "aoai-kiss-lb-cdktn",
};

/** Beside `aoai-kiss-lb` itself, which is the repository. */
export const PACKAGES: readonly Package[] = [
  {
    name: "aoai-kiss-lb-client",
    folder: "packages/aoai-kiss-lb-client",
    entries: ["dist/lib/client/index.js", "dist/esm/client/index.js"],
    also: ["docs/client.md", "docs/goodput.md", "docs/goodput.svg", "examples/client", "dist/esm/package.json"],
    renamed: {},
  },
  {
    name: "aoai-kiss-lb-cdktn",
    folder: "packages/aoai-kiss-lb-cdktn",
    entries: ["dist/lib/index.js"],
    also: [],
    renamed: CDK_TERRAIN,
  },
];

/** Renames the packages that code names in quotes, by deep path too. */
export function renamePackages(code: string, names: Readonly<Record<string, string>>): string {
  return Object.entries(names).reduce(
    (text, [from, to]) => text.replaceAll(new RegExp(`(?<=["'])${from}(?=["'/])`, "g"), to),
    code,
  );
}
