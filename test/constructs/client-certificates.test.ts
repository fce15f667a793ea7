import { type ClientCertificates, Frontend, GatewayListener, OpenAiBackend } from "../../lib/index.js";
import { clientAuthorityProblem } from "../../lib/rules/client-certificate.js";
import { needsHttpsProblem } from "../../lib/rules/gateway.js";
import { fromKeyVault, https } from "../support/application-gateway.js";
import { CLIENT_INTERMEDIATE, CLIENT_ROOT } from "../support/client-authority.js";
import { loadBalancer } from "../support/load-balancer.js";
import { refusal } from "../support/refusal.js";
import { blocks, makeStack, synth } from "../support/synth.js";

const clientCertificates: ClientCertificates = { authorities: [CLIENT_ROOT, CLIENT_INTERMEDIATE + CLIENT_ROOT] };

describe("clients' certificates", () => {
  test("are asked for by each listener with TLS, on each address, and by no other", () => {
    const out = synth((stack) =>
      loadBalancer(stack, {
        clientCertificates,
        frontend: Frontend.public().withPrivate(),
        listener: GatewayListener.https({ certificate: fromKeyVault, hostNames: ["llm.example.com"] }),
        addressing: { domain: "llm.example.com" },
      }),
    );
    const listeners = blocks(out.gateway, "http_listener");
    expect(listeners.length).toBeGreaterThan(4);
    for (const { protocol, ssl_profile_name: profile } of listeners)
      expect(profile).toBe(protocol === "Https" ? "client-certificates" : undefined);
    const [profile] = blocks(out.gateway, "ssl_profile");
    expect(profile).toEqual({
      name: "client-certificates",
      trusted_client_certificate_names: ["client-authority-1", "client-authority-2"],
      verify_client_cert_issuer_dn: false,
    });
  });

  test("are checked against the authorities that are given", () => {
    const out = synth((stack) => loadBalancer(stack, { clientCertificates, listener: https }));
    const trusted = blocks(out.gateway, "trusted_client_certificate").map(({ data }) =>
      Buffer.from(String(data), "base64").toString(),
    );
    expect(trusted).toEqual(clientCertificates.authorities);
  });

  test("need TLS", () => {
    expect(() => loadBalancer(makeStack(), { clientCertificates })).toThrow(
      refusal("stack/LB/Gateway", "clientCertificates", needsHttpsProblem()),
    );
  });

  test.each([
    ["of no authority", [], undefined],
    ["of too many", Array.from({ length: 101 }, () => CLIENT_ROOT), undefined],
    ["of what is none", [CLIENT_INTERMEDIATE], clientAuthorityProblem(CLIENT_INTERMEDIATE)],
  ])("%s are refused", (...[, authorities, problem]) => {
    expect(() => loadBalancer(makeStack(), { clientCertificates: { authorities }, listener: https })).toThrow(
      refusal("stack/LB/Gateway", "clientCertificates.authorities", problem),
    );
  });
});

describe("a deletion lock", () => {
  const backends = [OpenAiBackend.newAccount({ name: "one", location: "eastus" })];
  const locked = () => synth((stack) => loadBalancer(stack, { backends, deletionLock: true }));

  test("is on the gateway, its public address and each account that is created", () => {
    const out = locked();
    const locks = out.all("azurerm_management_lock");
    const scopes = ["azurerm_application_gateway", "azurerm_cognitive_account", "azurerm_public_ip"].flatMap((type) =>
      out.addresses(type).map((address) => `\${${address}.id}`),
    );
    expect(locks.map(({ scope }) => scope).sort()).toEqual(scopes.sort());
    expect(new Set(locks.map((lock) => lock["lock_level"]))).toEqual(new Set(["CanNotDelete"]));
  });

  test("waits for what is inside the account, so that it goes first", () => {
    const out = locked();
    const lock = out.all("azurerm_management_lock").find(({ scope }) => String(scope).includes("cognitive_account"));
    expect(lock?.["depends_on"]).toEqual([
      ...out.addresses("azurerm_cognitive_account"),
      ...out.addresses("azurerm_role_assignment"),
    ]);
  });

  test("waits for the gateway's diagnostic setting, which it would keep from being deleted", () => {
    const out = synth((stack) => loadBalancer(stack, { deletionLock: true, monitoring: {} }));
    const lock = out.all("azurerm_management_lock").find(({ scope }) => String(scope).includes("application_gateway"));
    expect(lock?.["depends_on"]).toEqual(out.addresses("azurerm_monitor_diagnostic_setting"));
  });
});

test("callers of Foundry's other routes get a second role on each account", () => {
  const backends = [OpenAiBackend.newAccount({ name: "one", location: "eastus" })];
  const out = synth((stack) => loadBalancer(stack, { backends, foundryRoutes: true }));
  const roles = out.all("azurerm_role_assignment").map((role) => String(role["role_definition_id"]).split("/").at(-1));
  expect(roles.sort()).toEqual(["5e0bd9bd-7b93-4f28-af87-19fc36ad61bd", "a97b65f3-24c7-4388-baec-2e87135dc908"]);
  expect(out.gateway["depends_on"]).toEqual(expect.arrayContaining(out.addresses("azurerm_role_assignment")));
});
