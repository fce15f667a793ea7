import { createPrivateKey, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo } from "node:net";
import { connect, createServer, type TLSSocket } from "node:tls";
import fc from "fast-check";
import { throwAwayCertificate } from "../../lib/simulator/certificate.js";

async function certificateFor(...hostNames: string[]): Promise<X509Certificate> {
  return new X509Certificate((await throwAwayCertificate(hostNames)).cert);
}

/** Whether a TLS client that trusts this certificate, and no other, takes it for one of a host. */
async function accepted(certificate: { cert: string; key: string }, host: string): Promise<boolean | string> {
  const server = createServer(certificate, (socket) => socket.on("error", () => {})).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const client: TLSSocket = connect({ host: "127.0.0.1", port, servername: host, ca: certificate.cert });
  try {
    await once(client, "secureConnect");
    return client.authorized;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  } finally {
    client.destroy();
    server.close();
  }
}

describe("the simulated gateway's certificate", () => {
  test("a client that trusts it connects to its hosts, and to no other", async () => {
    const certificate = await throwAwayCertificate(["llm.contoso.com", "*.fabrikam.com"]);
    for (const host of ["localhost", "llm.contoso.com", "any.fabrikam.com"]) {
      expect([host, await accepted(certificate, host)]).toEqual([host, true]);
    }
    expect(await accepted(certificate, "other.contoso.com")).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
  });

  test("is for this machine and the host names, and for no other", async () => {
    const certificate = await certificateFor("llm.contoso.com", "*.fabrikam.com", "a?.contoso.com");
    expect(certificate.subjectAltName).toBe(
      "DNS:localhost, DNS:llm.contoso.com, DNS:*.fabrikam.com, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1",
    );
    const names = ["localhost", "llm.contoso.com", "any.fabrikam.com"];
    expect(names.map((name) => certificate.checkHost(name))).toEqual([
      "localhost",
      "llm.contoso.com",
      "*.fabrikam.com",
    ]);
    expect(certificate.checkHost("other.contoso.com")).toBeUndefined();
    expect([certificate.checkIP("127.0.0.1"), certificate.checkIP("::1")]).toEqual(["127.0.0.1", "::1"]);
  });

  test("is signed by its own key, and can be trusted as an authority", async () => {
    const { cert, key } = await throwAwayCertificate([]);
    const certificate = new X509Certificate(cert);
    expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkIssued(certificate)).toBe(true);
    expect(certificate.ca).toBe(true);
    expect(certificate.subject).toBe("CN=aoai-kiss-lb simulated gateway");
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
  });

  test("is valid now, and for seven days", async () => {
    const { validFrom, validTo } = await certificateFor();
    const day = 86_400_000;
    expect(Date.parse(validFrom)).toBeLessThan(Date.now());
    expect(Date.parse(validTo) - Date.parse(validFrom)).toBe(7 * day + 60_000);
  });

  test("no two have the same serial number, which is positive and of at most 20 bytes", async () => {
    const certificates = await Promise.all([certificateFor(), certificateFor()]);
    const numbers = certificates.map(({ serialNumber }) => serialNumber);
    expect(new Set(numbers).size).toBe(2);
    for (const number of numbers) expect(number).toMatch(/^01[0-9A-F]{30}$/);
  });

  test("holds more names than two bytes of length can", async () => {
    const names = Array.from({ length: 1_000 }, (_, n) => `${"a".repeat(60)}.${"b".repeat(60)}.host-${n}.contoso.com`);
    expect((await certificateFor(...names)).checkHost(names[999] ?? "")).toBe(names[999]);
  });

  test("holds as many names as a gateway has, of any length", async () => {
    const label = fc.stringMatching(/^[a-z0-9]{1,40}$/);
    const name = fc.tuple(label, label).map((labels) => `${labels.join(".")}.com`);
    await fc.assert(
      fc.asyncProperty(fc.array(name, { maxLength: 200 }), async (names) => {
        const certificate = await certificateFor(...names);
        for (const each of names) expect(certificate.checkHost(each)).toBe(each);
      }),
      { numRuns: 30 },
    );
  });
});
