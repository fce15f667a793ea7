/** Runs one step of the suite for each request, in workerd. */
import { checks, runStep, runtimeName } from "./suite.mjs";

export default {
  async fetch(request) {
    const { urls, check, step } = await request.json();
    if (check === undefined) {
      const steps = Object.entries(checks).map(([name, list]) => [name, list.length]);
      return Response.json({ runtime: runtimeName(), steps });
    }
    return Response.json({ problem: (await runStep({ urls }, check, step)) ?? null });
  },
};
