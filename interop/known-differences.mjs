// Where Watchword answers differently on purpose. Each entry mirrors a line of docs/differences.md, gives the reason
// and matches as little as possible: a difference that no entry matches fails the comparison.

/**
 * `matches` gets the scenario's name and the two normalised calls (undefined where a side made fewer calls).
 *
 * @type {{reason: string, matches: (scenario: string, a: any, b: any) => boolean}[]}
 */
export const knownDifferences = [
  {
    reason: "A page that names a foreign origin cannot make the server mail people, with cookies or without.",
    matches: (scenario, a, b) =>
      (/^POST \/(request-password-reset|send-verification-email)\b/.test(a?.call) && a.status === 200 && b?.json?.code === "INVALID_ORIGIN") ||
      (scenario === "passwords: request a reset" && /^message reset-password to pw-5/.test(a?.note) && b?.json === null),
  },
  {
    reason: "A signed token that is no token of a mail is an invalid one, not a failure of the server.",
    matches: (scenario, a, b) =>
      /^GET \/verify-email\b/.test(a?.call) && a.status === 500 && b?.status === 401 && b.json?.code === "INVALID_TOKEN",
  },
  {
    reason: "An address that somebody else took before the link was opened is refused, not a failure of the server.",
    matches: (scenario, a, b) =>
      /^GET \/verify-email\b/.test(a?.call) && a.status === 500 && /[?&]error=USER_ALREADY_EXISTS$/.test(b?.location),
  },
  {
    reason: "A reset link dies when the password changes by another way.",
    matches: (scenario, a, b) =>
      scenario === "passwords: two links, both counted or not" && a?.status === 200 && b?.json?.code === "INVALID_TOKEN",
  },
  {
    reason: "A path that is no percent-encoding is refused by net/http.",
    matches: (scenario, a, b) => /^GET \/reset-password\/%zz/.test(a?.call) && b?.status === 400,
  },
  {
    reason: "A name or picture that is no text is refused; the reference stores what the database makes of it.",
    matches: (scenario, a, b) =>
      (/^POST \/update-user\b/.test(a?.call) && a.status === 200 &&
        /^\[body\.(name|image)\] Invalid input: expected string/.test(b?.json?.message)) ||
      (/^POST \/update-user\b/.test(a?.call) && a.status === 500 && b?.json?.code === "VALIDATION_ERROR") ||
      (scenario === "update-user: the core fields" && /^GET \/get-session/.test(a?.call) && a.json?.user?.name === "0.0"),
  },
  {
    reason: "The answer that enables a second factor shows the user and the token as they are then.",
    matches: (scenario, a, b) =>
      /^plugin-twofactor: /.test(scenario) && /^POST \/two-factor\/verify-totp\b/.test(a?.call) && a.status === 200 && b?.status === 200 &&
      a.json?.user?.twoFactorEnabled === false && b.json?.user?.twoFactorEnabled === true,
  },
  {
    reason: "A pending invitation stays where the one that was to take its place is refused.",
    matches: (scenario, a, b) =>
      scenario === "plugin-organization: organization: options" && /^GET \/organization\/list-invitations/.test(a?.call) && a.status === 200 && b?.status === 200,
  },
  {
    reason: "A session that impersonates is not prolonged by hiding the cookie that says it is short.",
    matches: (scenario, a, b) =>
      scenario === "plugin-admin: admin: impersonation" && /^POST \/admin\/stop-impersonating/.test(a?.call) && a.status === 500 &&
      b?.status === 500 && b.cookies?.length === 0,
  },
];

/**
 * The second call with what Watchword may always add taken away: `Cache-Control: no-store` on answers with cookies,
 * sessions or tokens, which no shared cache should keep. The reference sends it for sessions only.
 */
export function withoutAdditions(a, b) {
  const added = a?.cacheControl === "" && b?.cacheControl === "no-store";
  return added ? { ...b, cacheControl: "" } : b;
}
