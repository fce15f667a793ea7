import { createPrivateKey, X509Certificate } from "node:crypto";
import fc from "fast-check";
import { throwAwayCertificate } from "../../lib/simulator/certificate.js";

async function certificateFor(...hostNames: string[]): Promise<X509Certificate> {
  return new X509Certificate((await throwAwayCertificate(hostNames)).cert);
}

describe("the simulated gateway's certificate", () => {
  test("is for this machine and the host names, and for no other", async () => {
    const certificate = await certificateFor("llm.contoso.com", "*.fabrikam.com", "a?.contoso.com");
    expect(certificate.subjectAltName).toBe(
      "DNS:localhost, DNS:llm.contoso.com, DNS:*.fabrikam.com, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1",
    );
    for (const name of ["localhost", "llm.contoso.com", "any.fabrikam.com"]) {
      expect(certificate.checkHost(name)).toBeDefined();
    }
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

  test("no two have the same serial number", async () => {
    const numbers = await Promise.all([certificateFor(), certificateFor()]);
    expect(new Set(numbers.map(({ serialNumber }) => serialNumber)).size).toBe(2);
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
