import { type Run } from "../../lib/verify/report.js";

/** What was asked of a run of `verify`. */
export const RUN: Run = {
  url: "https://gateway.example.com",
  api: "legacy",
  deployment: "chat",
  stream: false,
  backendHeader: "x-ms-region",
  concurrency: 4,
  wanted: 60,
  durationMilliseconds: 1_000,
};
