import fc from "fast-check";
import { Duration } from "../lib/duration.js";

describe("Duration", () => {
  test("converts between units", () => {
    expect(Duration.hours(1).toSeconds()).toBe(3600);
    expect(Duration.minutes(4).toMilliseconds()).toBe(240_000);
    expect(Duration.milliseconds(1500).toSeconds()).toBe(1.5);
  });

  test.each([
    [Duration.milliseconds(1500), "1500 ms"],
    [Duration.seconds(90), "90 s"],
    [Duration.seconds(240), "4 min"],
    [Duration.minutes(120), "2 h"],
    [Duration.seconds(0), "0 s"],
  ])("prints in its largest whole unit: %s", (duration, text) => {
    expect(String(duration)).toBe(text);
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("refuses %s", (amount) => {
    expect(() => Duration.seconds(amount)).toThrow(
      new RangeError(`a duration is a finite number of milliseconds, 0 or more; got ${amount * 1000}`),
    );
  });

  test("a number that stands for a token is left to who takes the duration, and has no length", () => {
    const duration = Duration.minutes(-8.109562212591379e298);
    expect(duration.isUnresolved()).toBe(true);
    expect(() => duration.toSeconds()).toThrow(RangeError);
    expect(Duration.seconds(1).isUnresolved()).toBe(false);
  });

  test("seconds and milliseconds agree", () => {
    fc.assert(
      fc.property(fc.nat(), (n) => {
        expect(Duration.seconds(n).toMilliseconds()).toBe(n * 1000);
        expect(Duration.seconds(n).toSeconds()).toBe(n);
      }),
    );
  });
});
