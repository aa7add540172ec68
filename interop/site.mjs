// A site as applications have it: a page with a bundled client, and the server under the same origin behind a proxy.
import http from "node:http";
import { after } from "node:test";
import { build } from "esbuild";
import { freePort, startServer } from "./harness.mjs";

/**
 * Starts a side and a site in front of it. `script` is the page's module, which may import whatever is installed
 * here; `options` are those of startServer.
 */
export async function startSite(side, config, script, options) {
  const bundle = await build({ stdin: { contents: script, resolveDir: import.meta.dirname }, bundle: true, format: "esm", write: false, logLevel: "error" });
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const server = await startServer(side, { baseURL: origin, ...config }, options);
  const site = http.createServer((request, response) => {
    const path = request.url.replace(/\?.*/, "");
    if (path.startsWith("/api/auth/")) return forward(request, response, server.port);
    if (path === "/bundle.js") return response.writeHead(200, { "content-type": "text/javascript" }).end(bundle.outputFiles[0].contents);
    response.writeHead(200, { "content-type": "text/html" }).end(`<!doctype html><title>site</title><input autocomplete="username webauthn"><script type="module" src="/bundle.js"></script>`);
  });
  await new Promise((resolve) => site.listen(port, "127.0.0.1", resolve));
  after(async () => {
    site.close();
    site.closeAllConnections();
    await server.stop();
  });
  return { origin, server };
}

function forward(request, response, port) {
  const onward = http.request({ host: "127.0.0.1", port, method: request.method, path: request.url, headers: request.headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.rawHeaders);
    answer.pipe(response);
  });
  onward.on("error", () => response.writeHead(502).end());
  request.pipe(onward);
}
