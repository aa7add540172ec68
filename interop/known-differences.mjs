// Where Watchword answers differently on purpose. Each entry mirrors a line of docs/differences.md, gives the reason
// and matches as little as possible: a difference that no entry matches fails the comparison.

/**
 * `matches` gets the scenario's name and the two normalised calls (undefined where a side made fewer calls).
 *
 * @type {{reason: string, matches: (scenario: string, a: any, b: any) => boolean}[]}
 */
export const knownDifferences = [];

/**
 * The second call with what Watchword may always add taken away: `Cache-Control: no-store` on answers with cookies,
 * sessions or tokens, which no shared cache should keep. The reference sends it for sessions only.
 */
export function withoutAdditions(a, b) {
  const added = a?.cacheControl === "" && b?.cacheControl === "no-store";
  return added ? { ...b, cacheControl: "" } : b;
}
