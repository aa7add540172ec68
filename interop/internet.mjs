// The internet as far as sign-in goes: a proxy that ends TLS for the hosts of all built-in providers and answers as
// they do, so that either side talks to them by their real names. Nothing leaves the machine.
import { execFileSync } from "node:child_process";
import { createSign, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import os from "node:os";
import path from "node:path";
import { hosts, serve } from "./providers.mjs";

const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A key with which providers sign, and its public half as they publish it. */
export function signingKey(kid = "stub-1") {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const sign = (claims, header = {}) => {
    const text = `${encode({ alg: "RS256", kid, typ: "JWT", ...header })}.${encode(claims)}`;
    return `${text}.${createSign("RSA-SHA256").update(text).sign(privateKey, "base64url")}`;
  };
  return { sign, jwk: { ...publicKey.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" } };
}

// One certificate for all hosts, good for two days and trusted by nobody who is not told to.
function certificate(directory) {
  const [key, cert] = ["key.pem", "cert.pem"].map((name) => path.join(directory, name));
  const names = hosts.map((host) => `DNS:${host}`).join();
  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=interop", "-addext", `subjectAltName=${names}`, "-keyout", key, "-out", cert], { stdio: "pipe" });
  return { file: cert, key: readFileSync(key), cert: readFileSync(cert) };
}

async function read(request) {
  let body = "";
  for await (const part of request) body += part;
  return body;
}

// How a value is escaped in a URL, and spaced in a query of GraphQL, is not compared.
const squeeze = (text) => text.replace(/(\\n|\\t|\s)+/g, " ").replace(/" | "/g, '"');

/** What of a request is compared: not what each HTTP library adds of its own. */
function described(request, body) {
  const url = new URL(request.url, `https://${request.headers.host}`);
  return {
    asked: `${request.method} ${url.origin}${decodeURIComponent(url.pathname)}`,
    query: Object.fromEntries(url.searchParams),
    authorization: request.headers.authorization,
    type: request.headers["content-type"]?.replace(/;.*/, ""),
    version: request.headers["notion-version"],
    body: body.startsWith("{") ? squeeze(body) : body,
  };
}

/**
 * Starts an internet. People exist as soon as they sign in; `people` holds what is odd about some of them, and
 * `asked(login)` takes the requests that were made for one.
 */
export async function startInternet() {
  const directory = mkdtempSync(path.join(os.tmpdir(), "watchword-internet-"));
  const { file, key, cert } = certificate(directory);
  const signer = signingKey();
  const world = { people: new Map(), grants: new Map(), serials: new Map(), pwned: new Map(), captchas: new Map(), signer, log: [] };
  const servers = https.createServer({ key, cert }, async (request, response) => {
    const body = await read(request);
    const answer = serve(world, request, body);
    // Keys are cached, longer or shorter: who asks for them when is not compared.
    if (answer.login) world.log.push({ login: answer.login, ...described(request, body) });
    response.writeHead(answer.status ?? 200, { "content-type": answer.type ?? "application/json" });
    response.end(answer.raw ?? JSON.stringify(answer.json ?? {}));
  });
  const proxy = http.createServer((request, response) => response.writeHead(502).end());
  proxy.on("connect", (request, socket) => {
    socket.on("error", () => {});
    if (!hosts.includes(request.url.replace(/:443$/, ""))) return socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    servers.emit("connection", socket);
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  proxy.unref();
  const url = `http://127.0.0.1:${proxy.address().port}`;

  /** A person says yes at a provider: what the browser brings back, as query parameters. */
  function approve(authorization, login) {
    const query = new URL(authorization).searchParams;
    const serial = (world.serials.get(login) ?? 0) + 1;
    world.serials.set(login, serial);
    const code = `code.${login}.${serial}`;
    world.grants.set(code, {
      login,
      client: query.get("client_id") ?? query.get("client_key") ?? query.get("appid"),
      nonce: query.get("nonce") ?? undefined,
      challenge: query.get("code_challenge") ?? undefined,
      redirect: query.get("redirect_uri"),
    });
    return { code, state: query.get("state") };
  }

  return {
    ...world,
    url,
    approve,
    asked(login) {
      const mine = world.log.filter((entry) => entry.login === login);
      world.log = world.log.filter((entry) => entry.login !== login);
      return mine.map(({ login: _, ...rest }) => rest);
    },
    /** What a side has to be told to be on this internet. */
    environment: (side) =>
      side === "watchword"
        ? { SSL_CERT_FILE: file }
        : { NODE_USE_ENV_PROXY: "1", HTTPS_PROXY: url, NO_PROXY: "localhost,127.0.0.1", NODE_EXTRA_CA_CERTS: file },
    close() {
      proxy.close();
      proxy.closeAllConnections();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
