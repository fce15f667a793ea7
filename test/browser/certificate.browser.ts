import { DEFAULT_STATUS_PATH, FakeOpenAi } from "../../lib/simulator/index.js";
import { launch } from "./support.js";

test("a browser understands the simulator's certificate: it only lacks trust", async () => {
  await using server = await FakeOpenAi.create({ tls: true });
  await using browser = await launch();
  const url = `${server.url}${DEFAULT_STATUS_PATH}`;
  const page = await browser.newPage();
  await expect(page.goto(url)).rejects.toThrow("net::ERR_CERT_AUTHORITY_INVALID");
  const trusting = await browser.newPage({ ignoreHTTPSErrors: true });
  expect((await trusting.goto(url))?.status()).toBe(200);
});
