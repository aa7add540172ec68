// Replaces what may differ between two correct servers (identifiers, tokens, dates, ports) by its kind, and nothing
// else: a token keeps its length, a signed token its header and claims, so that a difference in form still shows.

const date = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const signedToken = /\beyJ[\w-]+\.[\w-]*\.[\w-]*(?:\.[\w-]+\.[\w-]+)?/g;
const longWord = /[A-Za-z0-9_-]{20,}/g;
// Long words that say something: ERROR_CODE, kebab-case or snake_case, camelCase, a run of one letter in a test value.
const speaking = [/^[A-Z_0-9]+$/, /^[a-z]+([_-][a-z]+)+$/, /^[A-Z]?[a-z]{2,15}([A-Z][a-z]{2,15})+$/, /^(.)\1+$/];

const fromBase64 = (text) => Buffer.from(text, "base64url").toString();

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function describeToken(token, base) {
  const parts = token.split(".");
  const header = parse(fromBase64(parts[0])) ?? "unreadable";
  if (header.kid) header.kid = `<${header.kid.length}>`;
  const claims = parts.length === 3 ? parse(fromBase64(parts[1])) : undefined;
  return `<token ${JSON.stringify(header)} ${JSON.stringify(claims && normalise(claims, base)) ?? ""}>`;
}

function normaliseText(text, base, key) {
  if (date.test(text)) return "<date>";
  const told = text
    .replaceAll(base, "<base>")
    .replaceAll(encodeURIComponent(base), "<base>")
    .replaceAll(base.replace("localhost", "127.0.0.1"), "<base>")
    .replace(/localhost(:|%3A)\d{4,5}/g, "localhost$1<port>")
    .replace(/\bsecret=[A-Z2-7]{16,}/g, (secret) => `secret=<base32 ${secret.length - 7}>`)
    .replace(/\b(user_?code)=((?:[A-HJ-NP-Z2-9-]|%20){6,})/gi, (_, name, code) => `${name}=<user code ${code.length}>`)
    .replace(signedToken, (token) => describeToken(token, base))
    .replace(longWord, (word) => (speaking.some((form) => form.test(word)) ? word : `<id ${word.length}>`));
  // A passkey's, drawn by chance: of what kind it is, the length tells.
  if (key === "publicKey") return `<base64 of ${Buffer.from(text, "base64").length}>`;
  if (key === "backupCodes") return told.replace(/[A-Za-z0-9]/g, "x");
  if (/^user_?code$/i.test(key) && /^[A-HJ-NP-Z2-9 -]{6,}$/i.test(text)) return `<user code ${text.length}>`;
  // The beginning of an API key: a prefix and letters drawn by chance.
  if (key === "start") return told.replace(/[A-Za-z]+$/, (letters) => `<letters ${letters.length}>`);
  return /^\d{6}$/.test(told) && key !== "" ? "<code>" : told;
}

/** The value with everything incidental replaced; object members sorted, because their order carries no meaning. */
export function normalise(value, base, key = "") {
  if (Array.isArray(value)) return value.map((item) => normalise(item, base, key));
  if (value && typeof value === "object") {
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(members.map(([name, item]) => [name, normalise(item, base, name)]));
  }
  // Only one of the sides sees the address of the connection; a forwarded one is compared by notes.
  if (key === "ipAddress") return "<address>";
  if (typeof value === "string") return normaliseText(value, base, key);
  // One side counts from the second before.
  if (key === "expires_in" && typeof value === "number") return 5 * Math.round(value / 5);
  // Seconds or milliseconds since 1970.
  if (typeof value === "number" && value > 1.5e9) return value > 1.5e12 ? "<milliseconds>" : "<seconds>";
  return value;
}

// What a cookie holds: a signed value, a token, the compact session cache, or something short and plain.
function describeValue(encoded, base) {
  if (encoded === "") return "";
  const value = decodeURIComponent(encoded);
  const signed = /^(.*)\.[A-Za-z0-9+/]{43}=$/.exec(value);
  if (signed) return `<signed ${normalise(signed[1], base)}>`;
  if (value.split(".").length > 2) return normalise(value, base);
  const compact = parse(fromBase64(value));
  if (!compact || typeof compact !== "object") return `<value ${value.length > 100 ? "long" : value.length}>`;
  // Not sorted: the reference signs the members in the order in which they are written.
  const order = Object.keys(compact).concat(Object.keys(compact.session ?? {})).join();
  return `<cache ${order} ${JSON.stringify(normalise(compact, base))}>`;
}

function normaliseCookie(line, base) {
  const [pair, ...attributes] = line.split(/; */);
  const cut = pair.indexOf("=");
  const kept = attributes.map((attribute) => {
    const lower = attribute.toLowerCase();
    // A renewed session may be a second or two older on one of the sides.
    return lower.replace(/^max-age=60479\d$/, "max-age=604800");
  });
  const name = pair.slice(0, cut).replace(longWord, (word) => (word.length > 30 ? "<id>" : word));
  return `${name}=${describeValue(pair.slice(cut + 1), base)}; ${kept.sort().join("; ")}`;
}

/** One call of a transcript, ready to be compared as text. */
export function normaliseCall(call, base) {
  if (call.note) return { note: call.note, json: normalise(call.json, base) };
  return {
    call: `${call.method} ${normalise(call.path, base).slice(0, 200)}`,
    status: call.status,
    location: call.location && normalise(call.location, base),
    cookies: [...new Set(call.cookies.map((line) => normaliseCookie(line, base)))].sort(),
    json: normalise(call.json, base),
    // A page may look different; scenarios note what it says.
    text: call.type.startsWith("text/html") ? "<page>" : call.text && normalise(call.text, base),
    type: call.type.toLowerCase().replace(/; */, "; "),
    cacheControl: call.cacheControl,
    retry: call.retry,
  };
}
