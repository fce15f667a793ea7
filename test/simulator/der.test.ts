import * as der from "../../lib/simulator/der.js";

const hex = (bytes: Buffer) => bytes.toString("hex");

test.each([
  ["2.5.29.17", "0603551d11"],
  ["1.2.840.10045.4.3.2", "06082a8648ce3d040302"],
  ["1.3.6.1.4.1.311.21.20", "06092b0601040182371514"],
])("the object identifier %s", (dotted, encoded) => {
  expect(hex(der.objectIdentifier(dotted))).toBe(encoded);
});

test.each([
  ["00", "020100"],
  ["7f", "02017f"],
  ["80", "02020080"],
  ["0180", "02020180"],
])("the number 0x%s is not taken for a negative one", (number, encoded) => {
  expect(hex(der.unsignedInteger(Buffer.from(number, "hex")))).toBe(encoded);
});

test.each([
  [0, "0400"],
  [127, "047f"],
  [128, "048180"],
  [255, "0481ff"],
  [256, "04820100"],
  [65_536, "0483010000"],
])("a string of %i bytes", (length, head) => {
  const encoded = hex(der.octetString(Buffer.alloc(length)));
  expect(encoded).toBe(head + "00".repeat(length));
});

test("a time is in UTC, to the second", () => {
  const encoded = der.utcTime(new Date("2026-12-04T01:02:03.987+01:00"));
  expect(hex(encoded).slice(0, 4)).toBe("170d");
  expect(encoded.subarray(2).toString()).toBe("261204000203Z");
});

test("elements in others", () => {
  expect(hex(der.explicit(3, der.sequence(der.TRUE, der.set(der.utf8String("a")))))).toBe("a30a30080101ff31030c0161");
  expect(hex(der.implicit(7, Buffer.of(127, 0, 0, 1)))).toBe("87047f000001");
  expect(hex(der.bitString(Buffer.of(0xff)))).toBe("030200ff");
});
