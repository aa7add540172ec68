// A client for scenarios: sends exactly the bytes it is told to, keeps cookies and writes every answer down.
import http from "node:http";
import { pathOf } from "./harness.mjs";

class CookieJar {
  cookies = new Map();

  keep(setCookies) {
    for (const line of setCookies) {
      const [pair, ...attributes] = line.split(/; */);
      const cut = pair.indexOf("=");
      const [name, value] = [pair.slice(0, cut), pair.slice(cut + 1)];
      const expired = value === "" || attributes.some((a) => a.toLowerCase() === "max-age=0");
      if (expired) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }

  header() {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }
}

// node:http rather than fetch: a path is sent as written (no dot segments resolved) and no header is added.
function exchange(port, method, path, headers, body) {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    const request = http.request({ host: "127.0.0.1", port, method, path, headers: { ...headers, ...length } }, async (response) => {
      try {
        const parts = [];
        for await (const part of response) parts.push(part);
        resolve({ status: response.statusCode, headers: response.headers, text: Buffer.concat(parts).toString() });
      } catch (error) {
        reject(error);
      }
    });
    request.on("error", reject);
    request.setTimeout(15000, () => request.destroy(new Error("no answer within 15 s")));
    request.end(body);
  });
}

function parsed(text) {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return { json: null, text: text.slice(0, 400) };
  }
}

/**
 * What a scenario gets: clients with a cookie jar each, the outbox, and notes that are compared like answers.
 * A path is below the base path; a full address of this server is sent as it is. A header set to null is left out.
 */
export function tester(server) {
  const calls = [];
  const basePath = pathOf(server.config);

  function client({ headers: always = {} } = {}) {
    const jar = new CookieJar();
    async function send(method, path, body, own = {}) {
      const headers = { host: `localhost:${server.port}`, origin: server.base, ...always, ...own };
      if (jar.cookies.size && !("cookie" in headers)) headers.cookie = jar.header();
      let payload;
      if (body !== undefined && body !== null) {
        payload = typeof body === "string" ? body : JSON.stringify(body);
        if (!("content-type" in headers)) headers["content-type"] = "application/json";
      }
      for (const name of Object.keys(headers)) if (headers[name] === null) delete headers[name];
      const target = /^https?:/.test(path) ? path.replace(/^https?:\/\/[^/]*/, "") : basePath + path;
      const answer = await exchange(server.port, method, target, headers, payload);
      const cookies = answer.headers["set-cookie"] ?? [];
      jar.keep(cookies);
      const call = {
        method,
        path,
        sent: payload,
        status: answer.status,
        location: answer.headers.location ?? null,
        cookies,
        type: answer.headers["content-type"] ?? "",
        cacheControl: answer.headers["cache-control"] ?? "",
        retry: answer.headers["x-retry-after"] !== undefined,
        ...parsed(answer.text),
      };
      calls.push(call);
      return { ...call, headers: answer.headers, jar };
    }
    return {
      jar,
      send,
      get: (path, headers) => send("GET", path, undefined, headers),
      post: (path, body = {}, headers) => send("POST", path, body, headers),
    };
  }

  return { srv: server, calls, client, base: server.base, box: server.box, internet: server.internet, note: (note, json) => calls.push({ note, json }) };
}
