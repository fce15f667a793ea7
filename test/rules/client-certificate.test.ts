import { clientAuthorityProblem } from "../../lib/rules/client-certificate.js";
import { CLIENT_INTERMEDIATE, CLIENT_LEAF, CLIENT_ROOT } from "../support/client-authority.js";

describe("an authority of clients' certificates", () => {
  test.each([
    ["a root", CLIENT_ROOT],
    [
      "a root and what is below it, in any order, with text between",
      `${CLIENT_INTERMEDIATE}\nsubject=…\n${CLIENT_ROOT}`,
    ],
  ])("is %s", (_, pem) => {
    expect(clientAuthorityProblem(pem)).toBeUndefined();
  });

  test.each([
    [
      "what is below a root, alone",
      CLIENT_INTERMEDIATE,
      "has no root: the certificates of an authority have to go up to one that signs itself; add the root",
    ],
    [
      "a client's own",
      CLIENT_ROOT + CLIENT_LEAF,
      'has the certificate "CN=Test Client", which is not that of an authority; list the authority that signs clients\' certificates',
    ],
    [
      "a key",
      `${CLIENT_ROOT}-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n`,
      "holds a private key, which does not belong there; use a file with the certificates of the authority alone",
    ],
    [
      "other text",
      "MIIB",
      'is no PEM text; use a file that begins with "-----BEGIN CERTIFICATE-----" (`openssl x509 -inform der -in ca.cer -out ca.pem`)',
    ],
    [
      "half a certificate",
      CLIENT_ROOT.replace(/\n[^\n]+\n[^\n]+\n/, "\n"),
      "has a certificate that cannot be read; export it again",
    ],
    ["too long", CLIENT_ROOT.repeat(60), expect.stringMatching(/^has \d+ bytes; Azure takes 25000; /) as string],
  ])("is not %s", (_, pem, problem) => {
    expect(clientAuthorityProblem(pem)).toEqual(problem);
  });
});
