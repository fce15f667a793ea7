const jsdoc = require("eslint-plugin-jsdoc");
const tseslint = require("typescript-eslint");

/** The house's import directions: for each wing, what its files may not import. */
const wings = ["config", "constructs", "stacks", "synthesized", "simulator", "arm", "verify", "client", "ui", "cli"];
const allowed = {
  rules: [],
  config: [],
  constructs: [],
  stacks: ["config", "constructs"],
  synthesized: [],
  simulator: ["synthesized"],
  arm: ["synthesized"],
  verify: [],
  client: [],
  ui: ["simulator", "synthesized", "client"],
  cli: wings,
};
const cdktf = {
  group: ["cdktf", "cdktf/*", "@cdktf/*"],
  message: "CDKTF is imported only under constructs, stacks and main.ts.",
};
const providerRoot = {
  regex: "^@cdktf/provider-azurerm(/lib)?(/index(\\.js)?)?$",
  message: "Import the provider by deep path: its root is slow.",
};

/** The client's own folders, in the order of who may import whom. */
const clientFolders = { call: [], endpoints: ["call"], request: ["call", "endpoints"] };
function clientAlone(depth) {
  const up = "\\.\\./".repeat(depth);
  return { regex: `^${up}(?!duration)|^(?!\\.|node:)`, message: "The client has no dependencies." };
}
const clientDirections = Object.entries(clientFolders).map(([folder, forbidden]) => {
  const patterns = [cdktf, clientAlone(2)];
  if (forbidden.length > 0) {
    const regex = `^\\.\\./(${forbidden.join("|")})/`;
    patterns.push({ regex, message: `lib/client/${folder} does not import ${forbidden.join(" and ")}.` });
  }
  return { files: [`lib/client/${folder}/**/*.ts`], rules: { "no-restricted-imports": ["error", { patterns }] } };
});

/** The page runs in a browser: of all others it imports what it and its server say to each other. */
const pageAlone = {
  files: ["lib/ui/page/**/*.ts"],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          { regex: "^(?!\\./|\\.\\./view\\.js$|uplot$)", message: "lib/ui/page imports ../view.js and uPlot alone." },
        ],
      },
    ],
  },
};

const directions = Object.entries(allowed).map(([wing, may]) => {
  const forbidden = wings.filter((other) => other !== wing && !may.includes(other));
  const patterns = [
    ...(forbidden.length > 0
      ? [
          {
            regex: `^\\.\\.?/(.*/)?(${forbidden.join("|")})(/|$)`,
            message: `lib/${wing} may import ${may.length > 0 ? may.join(", ") : "no other wing"}.`,
          },
        ]
      : []),
    ["constructs", "stacks"].includes(wing) ? providerRoot : cdktf,
    ...(wing === "client" ? [clientAlone(1)] : []),
  ];
  return { files: [`lib/${wing}/**/*.ts`], rules: { "no-restricted-imports": ["error", { patterns }] } };
});

/** What users see of the constructs: each has a summary. Constructors have that of their class. */
const exported = "ExportNamedDeclaration >";
const documented = [
  `ExportNamedDeclaration[declaration.type="VariableDeclaration"]`,
  `${exported} :matches(ClassDeclaration, FunctionDeclaration)`,
  `${exported} :matches(TSInterfaceDeclaration, TSTypeAliasDeclaration, TSEnumDeclaration)`,
  `${exported} TSEnumDeclaration TSEnumMember`,
  `${exported} TSInterfaceDeclaration :matches(TSPropertySignature, TSMethodSignature)`,
  `${exported} ClassDeclaration MethodDefinition[kind!="constructor"][accessibility!="private"]`,
  `${exported} ClassDeclaration TSAbstractMethodDefinition`,
  `${exported} ClassDeclaration :matches(PropertyDefinition, TSAbstractPropertyDefinition)[accessibility!="private"][key.type!="PrivateIdentifier"]`,
  `${exported} ClassDeclaration TSParameterProperty[accessibility!="private"]`,
];
/** `@default` is missing, beside the summary, empty, or a sentence. */
const wrongDefault = [
  ":not(*:has(JsdocTag[tag=default]))",
  "[delimiterLineBreak=''][description!='']",
  ":has(JsdocTag[tag=default][description=/[.]$|^$/])",
];
const documentation = {
  files: ["lib/constructs/**/*.ts", "lib/duration.ts"],
  plugins: { jsdoc },
  rules: {
    "jsdoc/require-jsdoc": ["error", { require: { FunctionDeclaration: false }, contexts: documented }],
    "jsdoc/require-description": ["error", { contexts: documented }],
    "jsdoc/no-restricted-syntax": [
      "error",
      {
        contexts: [
          {
            context: "TSPropertySignature[optional=true]",
            comment: `JsdocBlock:matches(${wrongDefault.join(", ")})`,
            message: "An optional prop ends with a line `@default`: code, or a phrase after a hyphen; no period.",
          },
        ],
      },
    ],
  },
};

module.exports = tseslint.config(
  { ignores: ["dist/", "cdktf.out/", "**/node_modules/", "coverage/"] },
  tseslint.configs.strict,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@typescript-eslint/no-extraneous-class": "off",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      eqeqeq: "error",
      "no-restricted-imports": ["error", { patterns: [providerRoot] }],
    },
  },
  {
    files: ["**/*.cjs"],
    languageOptions: { sourceType: "commonjs" },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
  {
    // It catches what `import` throws before any code runs.
    files: ["lib/peer-packages.ts"],
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
  ...directions,
  ...clientDirections,
  documentation,
  pageAlone,
);
