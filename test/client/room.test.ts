import { Room } from "../../lib/client/endpoints/room.js";
import { balance, CHAT } from "../support/balanced.js";
import { type Step } from "../support/scripted-endpoint.js";

const headers = (values: Record<string, number>) =>
  new Headers(Object.entries(values).map(([name, value]) => [`x-ratelimit-${name}`, String(value)]));

describe("the room of a deployment", () => {
  test("is that of the scarcer limit", () => {
    const room = new Room();
    const taken = room.take(100, 0);
    room.read(
      taken,
      headers({ "remaining-tokens": 900, "limit-tokens": 60_000, "remaining-requests": 1, "limit-requests": 60 }),
      0,
    );
    expect(room.fullness(0, 0)).toBe(0);
    expect(room.timeUntil(900, 0)).toBe(0);
    room.take(1, 0);
    expect(room.timeUntil(1, 0)).toBe(1_000);
    expect(room.remaining(0)).toMatchObject({ tokens: 900, requests: 1 });
  });

  test("after a refusal is that of smaller requests: half as large where the rate is unknown, else what is left", () => {
    const room = new Room();
    room.refuse(room.take(1_000, 0), { headers: undefined, hint: 5_000, until: 5_000 }, 0, () => 0);
    expect([500, 501, 1_000].map((tokens) => room.isSparedFrom(tokens, 0))).toEqual([true, false, false]);
    room.read(room.take(10, 0), headers({ "remaining-tokens": 700, "limit-tokens": 6_000 }), 0);
    expect([700, 701, 1_000].map((tokens) => room.isSparedFrom(tokens, 0))).toEqual([true, false, false]);
  });

  test("is unknown for a request whose size is: a refusal holds for it", () => {
    const room = new Room();
    room.refuse(room.take(1_000, 0), { headers: undefined, hint: 5_000, until: 5_000 }, 0, () => 0);
    expect(room.isSparedFrom(0, 0)).toBe(false);
  });

  test("a refusal is one of tokens where hardly more was left than the request's estimate: the service may count more", () => {
    const room = new Room();
    room.read(room.take(10, 0), headers({ "remaining-tokens": 1_100, "limit-tokens": 6_000 }), 0);
    const said = headers({ "remaining-tokens": 1_100 });
    room.refuse(room.take(1_000, 0), { headers: said, hint: 5_000, until: 5_000 }, 0, () => 0);
    expect([room.timeUntil(400, 0), room.timeUntil(1_000, 0)]).toEqual([0, 5_000]);
  });

  test.each<[string, Headers]>([
    ["enough tokens were left", headers({ "remaining-tokens": 2_000 })],
    ["no request was left", headers({ "remaining-requests": 0 })],
  ])("a refusal holds for all sizes where headers say that %s", (_, said) => {
    const room = new Room();
    room.refuse(room.take(1_000, 0), { headers: said, hint: 5_000, until: 5_000 }, 0, () => 0);
    expect(room.isSparedFrom(1, 0)).toBe(false);
    expect(room.timeUntil(1, 0)).toBe(5_000);
    expect(room.timeUntil(1, 5_000)).toBe(0);
  });

  test("a refusal holds for all sizes where far more should have been left than others can have taken", () => {
    const refused = (remaining: number) => {
      const room = new Room();
      room.read(room.take(100, 0), headers({ "remaining-tokens": remaining, "limit-tokens": 60_000 }), 0);
      room.refuse(room.take(100, 100), { headers: undefined, hint: 50, until: 150 }, 100, () => 0);
      return room.timeUntil(1, 100);
    };
    expect([refused(90_000), refused(150)]).toEqual([50, 0]);
  });

  test("several refusals in a row leave it to others for longer and longer, by chance, until an answer", () => {
    const room = new Room();
    const waits: number[] = [];
    for (let now = 0; waits.length < 6; now += 1_000) {
      room.refuse(room.take(100, now), { headers: undefined, hint: 1_000, until: now + 1_000 }, now, () => 0.5);
      waits.push(room.likelyTimeUntil(100, now));
    }
    expect(waits.map(Math.round)).toEqual([1_000, 1_500, 2_500, 4_500, 4_500, 4_500]);
    room.read(room.take(100, 6_000), new Headers(), 6_000);
    expect(room.likelyTimeUntil(100, 6_100)).toBeLessThan(1_000);
  });

  test("after a refusal without a rate is found out by one at a time, faster with each that passes", () => {
    const room = new Room();
    room.refuse(room.take(100, 0), { headers: undefined, hint: undefined, until: 0 }, 0, () => 0);
    const waits = [0, 1_000, 1_000, 1_000, 1_000].map((now) => {
      room.take(100, now);
      return room.likelyTimeUntil(100, now);
    });
    expect(waits).toEqual(waits.toSorted((one, other) => other - one));
    expect(waits.map(Math.round)).toEqual([40, 33, 29, 25, 22]);
  });

  test("too small for a request is remembered for a while, and takes nothing", () => {
    const room = new Room();
    room.read(room.take(100, 0), headers({ "remaining-tokens": 500, "limit-tokens": 600 }), 0);
    room.refuseForSize(room.take(2_000, 0), 0);
    expect([1_999, 2_000, 2_001].map((tokens) => room.isTooSmallFor(tokens, 0))).toEqual([false, true, true]);
    expect(room.isTooSmallFor(2_000, 300_000)).toBe(false);
    expect(room.timeUntil(500, 0)).toBe(0);
  });

  test("a refusal holds for all sizes where a much smaller request is refused until the same time", () => {
    const room = new Room();
    room.refuse(room.take(1_000, 0), { headers: undefined, hint: 5_000, until: 5_000 }, 0, () => 0);
    room.refuse(room.take(100, 1_000), { headers: undefined, hint: 4_000, until: 5_000 }, 1_000, () => 0);
    expect([room.isSparedFrom(1, 1_000), room.timeUntil(1, 1_000)]).toEqual([false, 4_000]);
  });
});

const sized = (tokens: number) => ({ body: JSON.stringify({ max_tokens: tokens }) });
const until = (milliseconds: number): Step => ({ status: 429, headers: { "retry-after-ms": String(milliseconds) } });
const left = (tokens: number, limit = 60_000): Step => ({
  status: 200,
  headers: { "x-ratelimit-remaining-tokens": String(tokens), "x-ratelimit-limit-tokens": String(limit) },
});

describe("calls by size", () => {
  test("a small one goes where a large one was refused, and does not end the cooldown", async () => {
    const { post, log, clock, events } = await balance([[until(9_000)], [until(9_000)]]);
    expect(await post(CHAT, sized(4_000))).toBe(429);
    expect(await post(CHAT, sized(100))).toBe(200);
    expect(await post(CHAT, sized(4_000))).toBe(429);
    expect(log.join("")).toBe("aba");
    expect(events.filter(({ type }) => type === "recovered")).toEqual([]);
    clock.now = 9_000;
    expect(await post(CHAT, sized(4_000))).toBe(200);
  });

  test("one that finds no room is told when there will be, without a request", async () => {
    const { fetch, post, log, clock } = await balance([[left(100)], [left(500)]]);
    await post(CHAT, sized(400));
    await post(CHAT, sized(1_000));
    const answer = await fetch(CHAT, { method: "POST", ...sized(994) });
    expect([answer.status, answer.headers.get("retry-after-ms"), log.join("")]).toEqual([429, "405", "ab"]);
    expect(await post(CHAT, sized(470))).toBe(200);
    expect(log.join("")).toBe("abb");
    clock.now = 1_000;
    expect(await post(CHAT, sized(994))).toBe(200);
  });

  test("spill over to the next priority while the first has no room", async () => {
    const { post, log, clock } = await balance([[left(100, 6_000)], []], { strategy: "room" }, (index) => ({
      priority: index,
    }));
    for (const now of [0, 1, 2_000, 2_001]) {
      clock.now = now;
      await post(CHAT, sized(200));
    }
    expect(log.join("")).toBe("abab");
  });

  test("a sole endpoint is asked whatever its room", async () => {
    const { post } = await balance([[left(0), left(0)]]);
    expect([await post(CHAT, sized(500)), await post(CHAT, sized(500))]).toEqual([200, 200]);
  });
});
