// A headless Chromium, driven over the pipe of the Chrome DevTools Protocol.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

const candidates = [process.env.WATCHWORD_TEST_CHROMIUM, "chromium", "chromium-browser", "google-chrome"].filter(Boolean);

/** The program, or undefined where there is none: a test then says so and skips, and fails in CI. */
export function findChromium() {
  const found = candidates.find((name) => spawnSync(name, ["--version"]).status === 0);
  if (!found && process.env.CI === "true") throw new Error(`no Chromium: none of ${candidates.join(", ")} starts`);
  if (!found) console.error("SKIPPED, NOT TESTED: no Chromium; name one with WATCHWORD_TEST_CHROMIUM, or run .ci/services");
  return found;
}

const arguments_ = ["--headless", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", ...(process.getuid() === 0 ? ["--no-sandbox"] : [])];

/** Starts a browser with an empty profile, which ends with the tests. */
export async function openBrowser(program) {
  const profile = mkdtempSync(path.join(os.tmpdir(), "watchword-chromium-"));
  const child = spawn(program, [...arguments_, `--user-data-dir=${profile}`], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
  const [to, from] = [child.stdio[3], child.stdio[4]];
  const waiting = new Map();
  let last = 0;
  let buffer = "";
  from.setEncoding("utf8");
  from.on("data", (part) => {
    const messages = (buffer + part).split("\0");
    buffer = messages.pop();
    for (const { id, method, params, result, error } of messages.map((text) => JSON.parse(text))) {
      if (method === "Target.detachedFromTarget") {
        for (const [id, call] of waiting) if (call.sessionId === params.sessionId) waiting.delete(id) && call.reject(new Error(`${call.method}: the window has closed`));
      }
      const call = waiting.get(id);
      waiting.delete(id);
      if (error) call?.reject(new Error(`${call.method}: ${error.message}`));
      else call?.resolve(result);
    }
  });
  const send = (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      waiting.set(id, { method, sessionId, resolve, reject });
      // A window that has closed answers nothing.
      setTimeout(() => waiting.delete(id) && reject(new Error(`${method}: no answer`)), 10000).unref();
      to.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  after(async () => {
    const ended = new Promise((resolve) => child.on("exit", resolve));
    await Promise.race([send("Browser.close"), sleep(5000)]);
    child.kill("SIGKILL");
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });

  async function attach(targetId) {
    const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
    const call = (method, params) => send(method, params, sessionId);
    async function evaluate(expression) {
      const { result, exceptionDetails } = await call("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true, userGesture: true });
      if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
      return result.value;
    }
    /** Waits until an expression is true, over as many pages as it takes. */
    async function until(expression, seconds = 30) {
      for (const end = Date.now() + 1000 * seconds; ; await sleep(20)) {
        if ((await evaluate(expression).catch(() => false)) === true) return;
        if (Date.now() > end) throw new Error(`${expression} did not come true at ${await evaluate("location.href + ': ' + document.body?.innerText").catch(String)}`);
      }
    }
    async function navigate(to_) {
      await call("Page.navigate", { url: to_ });
      await until("document.readyState === 'complete'");
    }
    return { call, evaluate, until, navigate };
  }

  /** A page with cookies of its own. `popup` is the next window that it opens. */
  async function openPage(url) {
    const { browserContextId } = await send("Target.createBrowserContext");
    const { targetId } = await send("Target.createTarget", { url: "about:blank", browserContextId });
    const page = await attach(targetId);
    await page.navigate(url);
    async function popup() {
      for (const end = Date.now() + 30000; Date.now() < end; await sleep(20)) {
        const { targetInfos } = await send("Target.getTargets");
        const opened = targetInfos.find((target) => target.type === "page" && target.browserContextId === browserContextId && target.targetId !== targetId);
        if (opened) return attach(opened.targetId);
      }
      throw new Error("no window was opened");
    }
    return { ...page, popup, close: () => send("Target.disposeBrowserContext", { browserContextId }) };
  }
  return { openPage };
}
