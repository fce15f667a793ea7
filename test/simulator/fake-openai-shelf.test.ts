import fc from "fast-check";
import { MAX_STORED, MAX_STORED_BYTES, Shelf } from "../../lib/simulator/fake-openai/shelf.js";

test("keeps what was put last, within the bytes", () => {
  const puts = fc.array(fc.record({ id: fc.nat(9).map(String), bytes: fc.nat(MAX_STORED_BYTES) }));
  fc.assert(
    fc.property(puts, (sequence) => {
      const shelf = new Shelf<number>();
      const expected: { readonly id: string; readonly bytes: number }[] = [];
      for (const { id, bytes } of sequence) {
        shelf.put(id, bytes, bytes);
        const again = expected.findIndex((entry) => entry.id === id);
        if (again >= 0) expected.splice(again, 1);
        expected.push({ id, bytes });
        while (expected.reduce((sum, entry) => sum + entry.bytes, 0) > MAX_STORED_BYTES) expected.shift();
        expect(shelf.values).toEqual(expected.map((entry) => entry.bytes));
      }
    }),
  );
});

test("keeps what was put last, within the count", () => {
  const shelf = new Shelf<number>();
  for (let at = 0; at <= MAX_STORED; at += 1) shelf.put(String(at), at, 1);
  expect([shelf.get("0"), shelf.get("1"), shelf.values.length]).toEqual([undefined, 1, MAX_STORED]);
});

test("keeps the newest even if it is too large alone, and gives room back", () => {
  const shelf = new Shelf<string>();
  shelf.put("a", "small", 1);
  shelf.put("b", "large", 2 * MAX_STORED_BYTES);
  expect(shelf.values).toEqual(["large"]);
  shelf.delete("b");
  shelf.delete("never");
  shelf.put("c", "half", MAX_STORED_BYTES / 2);
  shelf.put("d", "half too", MAX_STORED_BYTES / 2);
  expect(shelf.values).toEqual(["half", "half too"]);
});
