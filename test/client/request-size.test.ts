import fc from "fast-check";
import { readRequest } from "../../lib/client/request/request.js";
import { CHARACTERS_PER_MEDIA_TOKEN, DEFAULT_ANSWER_TOKENS, IMAGE_TOKENS } from "../../lib/client/request/size.js";

const LIMITS = { maxBufferedBodyBytes: 0, deadline: undefined };
const V1 = "https://any.example/openai/v1/";

async function sizeOf(path: string, body: unknown): Promise<number> {
  const init = { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) };
  return (await readRequest(V1 + path, init, LIMITS)).tokens;
}

const prompt = (content: unknown) => ({ model: "gpt", messages: [{ role: "user", content }] });
/** What the fields around the content count for. */
const AROUND = Math.ceil(JSON.stringify(prompt("")).length / 4);

describe("the size of a request", () => {
  test.each<[string, number, number]>([
    ["The quick brown fox jumps over the lazy dog. ".repeat(100), 1_000, 1_200],
    ["Съешь же ещё этих мягких французских булок. ".repeat(100), 1_800, 2_300],
    ["我能吞下玻璃而不伤身体。".repeat(100), 1_100, 1_300],
    ["나는 유리를 먹을 수 있어요. ".repeat(100), 900, 1_500],
    ["🙂".repeat(500), 900, 1_100],
  ])("by language: %.12s…", async (content, least, most) => {
    const size = (await sizeOf("chat/completions", { ...prompt(content), max_tokens: 1 })) - 1 - AROUND;
    expect(size).toBeGreaterThanOrEqual(least);
    expect(size).toBeLessThanOrEqual(most);
  });

  test.each<[string, object, number]>([
    ["chat/completions", { max_tokens: 300 }, 300],
    ["chat/completions", { max_completion_tokens: 400, n: 3 }, 1_200],
    ["chat/completions", {}, DEFAULT_ANSWER_TOKENS],
    ["chat/completions", { max_tokens: null }, DEFAULT_ANSWER_TOKENS],
    [
      "chat/completions",
      { metadata: { max_tokens: 9_000 }, tools: [{ n: 7, max_tokens: 8_000 }] },
      DEFAULT_ANSWER_TOKENS,
    ],
    ["completions", { max_tokens: 50, best_of: 4, n: 2 }, 200],
    ["responses", { max_output_tokens: 700 }, 700],
    ["responses", { max_output_tokens: 700, background: true }, 700],
    ["embeddings", { dimensions: 256, max_tokens: 500 }, 0],
    ["images/generations", { n: 4 }, 0],
  ])("%s with %j: the longest answer is counted", async (path, fields, answer) => {
    const body = { model: "gpt", input: "x", ...fields };
    expect(await sizeOf(path, body)).toBe(answer + Math.ceil(JSON.stringify(body).length / 4));
  });

  test("an image counts for the same however large it is, a recording by its length", async () => {
    const base64 = "iVBORw0KGgoAAAANSUhEUg".repeat(10_000);
    const sizes = await Promise.all(
      [
        { type: "image_url", image_url: { url: `data:image/png;base64,${base64}` } },
        { type: "input_image", image_url: `data:image/png;base64,${base64}` },
        { type: "input_audio", input_audio: { data: base64, format: "wav" } },
        { type: "file", file: { file_data: `data:application/pdf;base64,${base64}` } },
      ].map((part) => sizeOf("chat/completions", { ...prompt([part]), max_tokens: 1 })),
    );
    const media = base64.length / CHARACTERS_PER_MEDIA_TOKEN;
    for (const [index, expected] of [IMAGE_TOKENS, IMAGE_TOKENS, media, media].entries()) {
      expect(sizes[index]).toBeGreaterThan(expected);
      expect(sizes[index]).toBeLessThan(expected + 50);
    }
  });

  test("of what is not JSON nothing can be told", async () => {
    const form = new FormData();
    form.set("file", new Blob(["x".repeat(5_000)]), "a.wav");
    expect((await readRequest(`${V1}audio/transcriptions`, { method: "POST", body: form }, LIMITS)).tokens).toBe(0);
    expect((await readRequest(`${V1}files`, {}, LIMITS)).tokens).toBe(0);
  });

  test("is a whole number that is not below that of its answer, whatever the body", async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), fc.nat(100_000), async (json, most) => {
        const size = await sizeOf("chat/completions", `{"a":${json},"max_tokens":${most || 1}}`);
        expect(Number.isInteger(size)).toBe(true);
        expect(size).toBeGreaterThanOrEqual(most);
      }),
    );
  });

  test("grows with the prompt", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 50 }), async (text, n) => {
        const size = (times: number) => sizeOf("chat/completions", prompt(text.repeat(times)));
        // Sampled, so a little less is possible.
        expect(await size(2 * n)).toBeGreaterThanOrEqual((await size(n)) * 0.95);
      }),
    );
  });
});
