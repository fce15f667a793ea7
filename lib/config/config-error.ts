/** One thing that is wrong with a configuration. */
export interface ConfigProblem {
  /** Where, as a JSON path: `backends[0].fqdn`; empty for the whole. */
  readonly path: string;
  /** What is wrong, the value got, what is allowed, what to do. */
  readonly problem: string;
}

/** A configuration that cannot be used, with everything that is wrong with it. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";

  constructor(
    readonly file: string,
    readonly problems: readonly ConfigProblem[],
  ) {
    const lines = problems.map(({ path, problem }) => (path === "" ? problem : `${path}: ${problem}`));
    super(lines.length === 1 ? `${file}: ${lines[0]}` : [`${file}: ${lines.length} problems`, ...lines].join("\n  "));
  }
}

/** `["backends", 0, "fqdn"]` as `backends[0].fqdn`. */
export function jsonPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    const name = String(key);
    if (!/^[A-Za-z_$][\w$]*$/.test(name)) return `${text}[${JSON.stringify(name)}]`;
    return text === "" ? name : `${text}.${name}`;
  }, "");
}
