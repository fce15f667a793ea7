import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

test("no way to fail ends the process, leaves a client without an end, or leaves anything behind", async () => {
  const program = join(__dirname, "failure-table.ts");
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--import", "tsx", program]);
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^[1-9]\d{3,} failures, 0 problems\n$/);
}, 600_000);
