import { App, TerraformStack } from "cdktf";
import { AzurermProvider } from "@cdktf/provider-azurerm/lib/provider";
import { RoleAssignment } from "@cdktf/provider-azurerm/lib/role-assignment";
import { mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type * as library from "../../lib/index.js";
import { GatewayListener, OpenAiBackend, OpenAiLoadBalancer } from "../../lib/index.js";
import { accountId, GROUP_ID, minimalProps } from "../support/load-balancer.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const folder = temporaryFolder();

type Library = typeof library;

/** The library with copies of CDKTF and constructs of its own, as `npm link` gives it. */
function linked(): Library {
  let loaded: Library | undefined;
  jest.isolateModules(() => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- a module registry of its own has no import
    loaded = require("../../lib/index.js") as Library;
  });
  if (loaded === undefined) throw new Error("the library was not loaded");
  return loaded;
}

function warningsOf(lib: Pick<Library, "GatewayListener" | "OpenAiBackend" | "OpenAiLoadBalancer">): string[] {
  const outdir = mkdtempSync(join(folder, "out-"));
  const app = new App({ outdir, stackTraces: false });
  const stack = new TerraformStack(app, "stack");
  new AzurermProvider(stack, "Azurerm", { features: [{}] });
  new lib.OpenAiLoadBalancer(stack, "LB", {
    ...minimalProps,
    listener: lib.GatewayListener.http(),
    backends: [lib.OpenAiBackend.fromFqdn("one.openai.azure.com")],
  });
  app.synth();
  const manifest = JSON.parse(readFileSync(join(outdir, "manifest.json"), "utf8")) as {
    stacks: { stack: { annotations: { message: string }[] } };
  };
  return manifest.stacks.stack.annotations.map(({ message }) => message);
}

test("a package that is linked rather than installed warns of the same", () => {
  const installed = warningsOf({ GatewayListener, OpenAiBackend, OpenAiLoadBalancer });
  expect(installed.length).toBeGreaterThan(2);
  expect(warningsOf(linked())).toEqual(installed);
});

test("a package that is linked sees the role assignments that the app writes itself", () => {
  const { OpenAiAccount, Principal } = linked();
  const app = new App({ outdir: mkdtempSync(join(folder, "out-")), stackTraces: false });
  const stack = new TerraformStack(app, "stack");
  new AzurermProvider(stack, "Azurerm", { features: [{}] });
  const account = { accountId: accountId("a"), fqdn: "a.openai.azure.com" };
  OpenAiAccount.fromAccountAttributes(stack, "A", account).grantInvoke(Principal.group(GROUP_ID));
  new RoleAssignment(stack, "Own", {
    scope: account.accountId,
    roleDefinitionName: "Cognitive Services OpenAI User",
    principalId: GROUP_ID,
  });
  expect(() => app.synth()).toThrow(/stack\/Own assigns the same role to the same principal/);
});
