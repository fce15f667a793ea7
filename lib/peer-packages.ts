/**
 * Imported before everything that imports CDKTF. Its packages are optional peers, as the client and the simulator do
 * without; where one is missing, Node would only say that it cannot find a module.
 */

/** A package that synthesizing needs is not installed. The message has the command that installs it. */
class MissingPackageError extends Error {
  override readonly name = "MissingPackageError";
}

try {
  require("constructs");
  require("cdktf");
  require("@cdktf/provider-azurerm/lib/application-gateway");
} catch (error) {
  throw missingPackage(error as NodeJS.ErrnoException) ?? error;
}

function missingPackage({ code, message }: NodeJS.ErrnoException): MissingPackageError | undefined {
  const { name, peerDependencies } = require("aoai-kiss-lb/package.json") as {
    name: string;
    peerDependencies: Record<string, string>;
  };
  const missing = Object.keys(peerDependencies).find((peer) => new RegExp(`'${peer}['/]`).test(message));
  if (code !== "MODULE_NOT_FOUND" || missing === undefined) return undefined;
  const packages = Object.entries(peerDependencies).map(([peer, range]) => `"${peer}@${range}"`);
  return new MissingPackageError(
    `${name} needs ${missing}, which is not installed; install its peer packages: npm install ${packages.join(" ")}`,
  );
}
