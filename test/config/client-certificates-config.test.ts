import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseConfig } from "../../lib/config/load-config.js";
import { clientAuthorityProblem } from "../../lib/rules/client-certificate.js";
import { needsHttpsProblem } from "../../lib/rules/gateway.js";
import { tooFew } from "../../lib/rules/shape.js";
import { CLIENT_LEAF, CLIENT_ROOT } from "../support/client-authority.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { changed, expectRefused } from "../support/valid-config.js";

const folder = temporaryFolder();
const [root, leaf] = ["root.pem", "leaf.pem"].map((name) => join(folder, name)) as [string, string];
writeFileSync(root, CLIENT_ROOT);
writeFileSync(leaf, CLIENT_LEAF);
const asking = (...authorityFiles: string[]) => ({ clientCertificates: { authorityFiles } });

test("files are read as they are checked", () => {
  expect(parseConfig(changed(asking(root))).clientCertificates).toEqual({
    authorityFiles: [CLIENT_ROOT],
    verifyIssuer: false,
    checkRevocation: false,
  });
});

test("files that cannot be read, or hold no authority, are refused by their place", () => {
  expectRefused(changed(asking(root, leaf, join(folder, "gone.pem"))), {
    "clientCertificates.authorityFiles[1]": `"${leaf}" ${clientAuthorityProblem(CLIENT_LEAF)}`,
    "clientCertificates.authorityFiles[2]": `"${join(folder, "gone.pem")}" cannot be read; name a PEM file, relative to the working directory`,
  });
  expectRefused(changed(asking()), { "clientCertificates.authorityFiles": tooFew(1) });
});

test("a listener without TLS cannot ask for them", () => {
  const listener = { protocol: "Http" };
  const config = changed({ ...asking(root), listener, listeners: undefined, addressing: undefined });
  expectRefused(config, { clientCertificates: needsHttpsProblem() });
});
