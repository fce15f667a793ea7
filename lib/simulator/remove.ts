/**
 * Takes an element out of a list that is short, or whose order matters to nobody. For what comes and goes with each request,
 * a list is better than a Set: V8 replaces the table of a Set again and again, and each table keeps what it last held from
 * being collected, until the old generation is.
 */
export function remove<T>(list: T[], element: T): void {
  const at = list.indexOf(element);
  if (at >= 0) list.splice(at, 1);
}
