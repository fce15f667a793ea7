import { z } from "zod";
import { Duration } from "../../duration.js";
import { Fault, type FaultAction, type InjectOptions } from "./faults.js";
import { Latency } from "./latency.js";

/** A fault in JSON: its kind, the arguments of the factory of {@link Fault} by their names, and which requests it hits. */
export type FaultRequest =
  | { readonly kind: "inject"; readonly fault: FaultAction; readonly options: InjectOptions }
  | { readonly kind: "refuse" };

const HITS = { times: z.int().positive().optional(), on: z.enum(["api", "probe", "all"]).optional() };
const MILLISECONDS = z.number().nonnegative().max(86_400_000);
const FAULT = z.discriminatedUnion("fault", [
  z.strictObject({
    fault: z.literal("status"),
    status: z.int().min(400).max(599),
    headers: z.record(z.string(), z.string()).optional(),
    body: z.unknown().optional(),
    ...HITS,
  }),
  z.strictObject({ fault: z.literal("throttle"), retryAfterMilliseconds: MILLISECONDS.optional(), ...HITS }),
  z.strictObject({
    fault: z.literal("streamError"),
    code: z.string().optional(),
    message: z.string().optional(),
    form: z.enum(["response.failed", "error", "response.failed, error"]).optional(),
    afterEvents: z.int().nonnegative().optional(),
    ...HITS,
  }),
  z.strictObject({ fault: z.literal("delay"), milliseconds: MILLISECONDS, ...HITS }),
  z.strictObject({ fault: z.literal("hang"), ...HITS }),
  z.strictObject({ fault: z.literal("reset"), ...HITS }),
  z.strictObject({ fault: z.literal("cut"), afterEvents: z.int().nonnegative().optional(), ...HITS }),
  z.strictObject({ fault: z.literal("drip"), milliseconds: MILLISECONDS, ...HITS }),
  z.strictObject({ fault: z.literal("refuse") }),
]);

/** @throws RangeError that names the first field that is wrong, and what is allowed */
export function parseFaultRequest(json: unknown): FaultRequest {
  const parsed = FAULT.safeParse(json);
  if (!parsed.success) throw new RangeError(sentenceOf(parsed.error));
  const request = parsed.data;
  if (request.fault === "refuse") return { kind: "refuse" };
  const { times, on } = request;
  const options = { ...(times === undefined ? {} : { times }), ...(on === undefined ? {} : { on }) };
  return { kind: "inject", fault: faultOf(request), options };
}

function faultOf(request: Exclude<z.infer<typeof FAULT>, { fault: "refuse" }>): FaultAction {
  switch (request.fault) {
    case "status": {
      const { status, headers, body } = request;
      return Fault.status(status, { ...(headers && { headers }), ...(body === undefined ? {} : { body }) });
    }
    case "throttle":
      return Fault.throttle(milliseconds(request.retryAfterMilliseconds));
    case "streamError": {
      const { code, message, form, afterEvents } = request;
      return Fault.streamError({
        ...(code === undefined ? {} : { code }),
        ...(message === undefined ? {} : { message }),
        ...(form && { form }),
        ...(afterEvents === undefined ? {} : { afterEvents }),
      });
    }
    case "delay":
      return Fault.delay(Latency.constant(Duration.milliseconds(request.milliseconds)));
    case "hang":
      return Fault.hang();
    case "reset":
      return Fault.reset();
    case "cut":
      return Fault.cut(request.afterEvents);
    case "drip":
      return Fault.drip(Duration.milliseconds(request.milliseconds));
  }
}

function milliseconds(amount: number | undefined): Duration | undefined {
  return amount === undefined ? undefined : Duration.milliseconds(amount);
}

function sentenceOf({ issues: [issue] }: z.ZodError): string {
  if (issue?.code === "invalid_union") {
    return `fault is one of ${FAULT.options.map(({ shape }) => shape.fault.value).join(", ")}`;
  }
  const field = issue?.path.join(".") ?? "";
  return `${field === "" ? "" : `${field}: `}${issue?.message ?? "not accepted"}`;
}
