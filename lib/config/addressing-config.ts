import { z } from "zod";
import {
  type AddressedBackend,
  derivedPools,
  drainedPoolProblem,
  drainedTargetProblem,
  POOL_CRITERIA,
  repeatedMemberProblem,
  samePoolProblem,
  unknownBackendProblem,
  unknownPoolProblem,
} from "../rules/addressing.js";
import { DEFAULT_BACKEND_ADDRESSES } from "../rules/defaults.js";
import { domainProblem } from "../rules/host-name.js";
import { nonEmptyProblem } from "../rules/openai.js";
import { nameProblem } from "../rules/resource-name.js";
import { notExactlyOne } from "../rules/shape.js";
import { isSameName } from "../rules/text.js";
import { type BackendConfig, nameOf } from "./backend-config.js";
import { type Add, alternatives, refuseRepeated, relatedMembers, text } from "./fields.js";

/** Where requests go: one backend, a pool, or all backends in turn. */
export interface TargetConfig {
  readonly kind: "backend" | "pool" | "all";
  /** Of the backend or the pool; empty for all. */
  readonly name: string;
}

export type AddressingConfig = z.output<typeof addressingSchema>;

const poolSchema = z
  .strictObject({
    name: text(nameProblem("pool"), "Name of the pool, which is part of its address; 1 to 64 characters"),
    backends: relatedMembers(z.array(text(nonEmptyProblem, "Name of a backend")).min(1), (names, add) => {
      refuseRepeated(names, (name) => ({ value: name.toLowerCase(), field: [] }), repeatedMemberProblem, add);
    }).describe("Names of its backends"),
  })
  .meta({ description: "A pool", examples: [{ name: "europe", backends: ["my-account"] }] });

export const addressingSchema = z
  .strictObject({
    backends: z
      .boolean()
      .default(DEFAULT_BACKEND_ADDRESSES)
      .describe("Whether each backend is reached under /backends/<name>"),
    poolsBy: z
      .array(z.enum(POOL_CRITERIA))
      .default([])
      .describe(
        "What pools are derived from, each reached under /pools/<name>: deployments, deployment types, subscriptions; of existing accounts, deployments are not known here",
      ),
    pools: relatedMembers(z.array(poolSchema), (pools, add) => {
      refuseRepeated(pools, ({ name }) => ({ value: name.toLowerCase(), field: ["name"] }), samePoolProblem, add);
    })
      .default([])
      .describe("Pools by the names of their backends, each reached under /pools/<name>"),
    domain: text(
      domainProblem,
      "A domain under which each has a host name besides, <name>.<domain>; the listener's certificate and DNS have to cover *.<domain>; default: none",
    ).optional(),
  })
  .meta({
    description: "Addresses of single backends and of pools, besides that of all backends in turn",
    examples: [{ backends: true }],
  });

const TARGET_WAYS =
  'write { "backend": "…" } for one backend, { "pool": "…" } for a pool, { "spread": true } if no client uses them';

/** Where stateful APIs go. */
export const statefulApisSchema = alternatives(
  z.strictObject({
    backend: text(nonEmptyProblem, "Name of the backend that they go to").optional(),
    pool: text(nonEmptyProblem, "Name of the pool that they go to, which has one backend").optional(),
    spread: z.literal(true).optional().describe("That they are meant to be spread over all backends"),
  }),
  ({ right: { backend, pool, spread }, has }, add): TargetConfig | undefined => {
    const keys = ["backend", "pool", "spread"] as const;
    const given = keys.filter(has);
    if (given.length !== 1) add([], notExactlyOne(keys, given, TARGET_WAYS));
    if (spread) return { kind: "all", name: "" };
    return targetOf(backend, pool);
  },
).meta({
  description:
    "Where files, batches, threads, assistants, vector stores, fine-tuning, conversations, containers, evals, videos, uploads and all of /responses go; default: all backends in turn, with a warning unless there is addressing",
  examples: [{ backend: "my-account" }],
});

/** @returns undefined where neither is given */
export function targetOf(backend: string | undefined, pool: string | undefined): TargetConfig | undefined {
  if (backend !== undefined) return { kind: "backend", name: backend };
  return pool === undefined ? undefined : { kind: "pool", name: pool };
}

/** What has to be there for a target. */
interface Known {
  readonly backends: readonly BackendConfig[];
  readonly addressing: AddressingConfig | undefined;
  /** Of each backend, in their order. */
  readonly addressed: readonly AddressedBackend[];
}

/** Reports pools and targets that name what is not there, or is drained. */
export function checkNames(
  { backends, addressing, addressed }: Known,
  targets: readonly { readonly path: readonly (string | number)[]; readonly target: TargetConfig }[],
  add: Add,
): void {
  const names = backends.map(nameOf);
  const isDrained = (name: string) => backends.some((backend) => isSameName(nameOf(backend), name) && backend.drained);
  const isKnown = (name: string) => names.some((other) => isSameName(other, name));
  const written = addressing?.pools ?? [];
  for (const [at, pool] of written.entries()) {
    const place = ["addressing", "pools", at];
    for (const [index, name] of pool.backends.entries())
      if (!isKnown(name)) add([...place, "backends", index], unknownBackendProblem(name, names));
    if (pool.backends.every((name) => isKnown(name) && isDrained(name)))
      add([...place, "backends"], drainedPoolProblem(pool.name));
  }
  const active = addressed.filter(({ name }) => !isDrained(name));
  const pools = [...written, ...derivedPools(active, addressing?.poolsBy ?? [], written)].map(({ name }) => name);
  for (const { path, target } of targets) {
    if (target.kind === "pool" && !pools.some((name) => isSameName(name, target.name)))
      add([...path, "pool"], unknownPoolProblem(target.name, pools));
    if (target.kind !== "backend") continue;
    if (!isKnown(target.name)) add([...path, "backend"], unknownBackendProblem(target.name, names));
    else if (isDrained(target.name)) add([...path, "backend"], drainedTargetProblem(target.name));
  }
}
