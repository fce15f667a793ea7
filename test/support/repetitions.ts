/** How often a test does something: `npm run test:soak` has the time to find rare faults. */
export function repetitions(inTest: number, inSoak: number): number {
  return process.env["SOAK"] === undefined ? inTest : inSoak;
}
