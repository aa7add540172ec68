// An authenticator made of software: passkeys as a phone and its browser would make and use them, and lies about all
// of it. `challenge` comes from the server's options; `lie` changes what is sent.
import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";

const FLAGS = { present: 1, verified: 4, eligible: 8, backedUp: 16, attested: 64 };
const b64 = (bytes) => Buffer.from(bytes).toString("base64url");
const sha256 = (bytes) => createHash("sha256").update(bytes).digest();

// As much of CBOR (RFC 8949) as attestations need.
function cbor(value) {
  const head = (major, n) => {
    if (n < 24) return Buffer.from([(major << 5) | n]);
    if (n < 256) return Buffer.from([(major << 5) | 24, n]);
    return Buffer.from([(major << 5) | 25, n >> 8, n & 255]);
  };
  if (typeof value === "number") return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === "string") return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Map) return Buffer.concat([head(5, value.size), ...[...value].flatMap(([k, v]) => [cbor(k), cbor(v)])]);
  return Buffer.concat([head(2, value.length), value]);
}

function cose(key) {
  const jwk = key.export({ format: "jwk" });
  const bytes = (name) => Buffer.from(jwk[name], "base64url");
  if (jwk.kty === "OKP") return new Map([[1, 1], [3, -8], [-1, 6], [-2, bytes("x")]]);
  if (jwk.kty === "RSA") return new Map([[1, 3], [3, -257], [-1, bytes("n")], [-2, bytes("e")]]);
  return new Map([[1, 2], [3, -7], [-1, 1], [-2, bytes("x")], [-3, bytes("y")]]);
}

const kinds = { ES256: ["ec", { namedCurve: "P-256" }], EdDSA: ["ed25519", {}], RS256: ["rsa", { modulusLength: 2048 }] };

/** A new passkey. `synced` ones may be backed up; a `counter` from 1 on grows with every use. */
export function newPasskey(origin, { kind = "ES256", rpId = "localhost", synced = false, counter = 0 } = {}) {
  const { publicKey, privateKey } = generateKeyPairSync(...kinds[kind]);
  const id = randomBytes(16);
  const flags = FLAGS.present | FLAGS.verified | (synced ? FLAGS.eligible | FLAGS.backedUp : 0);
  const passkey = { id: b64(id), handle: undefined, counter, create, get };
  return passkey;

  function begin(type, challenge, lie) {
    if (counter) passkey.counter++;
    return { client: { type, challenge, origin, crossOrigin: false }, rpId, flags, counter: passkey.counter, id, ...lie };
  }
  function data({ rpId, flags, counter }, ...more) {
    const numbers = Buffer.alloc(5);
    numbers[0] = flags;
    numbers.writeUInt32BE(counter, 1);
    return Buffer.concat([sha256(Buffer.from(rpId)), numbers, ...more]);
  }
  function answer(said, response, more) {
    return { id: b64(said.id), rawId: b64(said.id), type: "public-key", response, ...more };
  }

  /** What a browser sends for options of a registration. */
  function create(challenge, lie = {}) {
    const said = begin("webauthn.create", challenge, lie);
    const length = Buffer.from([said.id.length >> 8, said.id.length & 255]);
    const authData = data({ ...said, flags: said.flags | FLAGS.attested }, Buffer.alloc(15), Buffer.from([7]), length, said.id, cbor(cose(publicKey)));
    const object = new Map([["fmt", said.format ?? "none"], ["attStmt", said.statement ?? new Map()], ["authData", authData]]);
    const response = { clientDataJSON: b64(JSON.stringify({ ...said.client, ...lie.says })), attestationObject: b64(cbor(object)), transports: lie.transports ?? ["internal", "hybrid"] };
    return answer(said, response, lie.more);
  }

  /** What a browser sends for options of a sign-in. */
  function get(challenge, lie = {}) {
    const said = begin("webauthn.get", challenge, lie);
    const client = Buffer.from(JSON.stringify({ ...said.client, ...lie.says }));
    const authData = data(said);
    const signature = sign(kind === "EdDSA" ? null : "sha256", Buffer.concat([authData, sha256(client)]), privateKey);
    if (lie.forge) signature[signature.length - 1] ^= 1;
    const response = { clientDataJSON: b64(client), authenticatorData: b64(authData), signature: b64(signature) };
    const handle = "handle" in lie ? lie.handle : passkey.handle;
    return answer(said, handle === undefined ? response : { ...response, userHandle: handle }, lie.more);
  }
}

/** What a page sees as navigator.credentials, with one passkey behind it. */
export function credentialsOf(passkey) {
  const bytes = (text) => text && Uint8Array.from(Buffer.from(text, "base64url")).buffer;
  const seen = ({ response, ...rest }) => ({
    ...rest,
    rawId: bytes(rest.rawId),
    authenticatorAttachment: "platform",
    getClientExtensionResults: () => ({}),
    response: {
      ...Object.fromEntries(Object.entries(response).filter(([name]) => name !== "transports").map(([name, value]) => [name, bytes(value)])),
      getTransports: () => response.transports,
    },
  });
  return {
    async create({ publicKey }) {
      passkey.handle = b64(publicKey.user.id);
      return seen(passkey.create(b64(publicKey.challenge)));
    },
    get: async ({ publicKey }) => seen(passkey.get(b64(publicKey.challenge))),
  };
}
