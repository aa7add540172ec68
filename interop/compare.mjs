// Plays every scenario against two sides at once and compares the transcripts call by call.
// usage: node compare.mjs [--a reference] [--b watchword] [--only TEXT] [--without TEXT] [--verbose] [--transcript] [--jobs N]
// Sides: reference, reference-1.6, watchword. Exits with 1 when fewer than 97 % of the calls are the same, or when a
// call differs and no entry of known-differences.mjs says why it may, or when a scenario stops.
import { readdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { startServer, stopShared } from "./harness.mjs";
import { startInternet } from "./internet.mjs";
import { knownDifferences, withoutAdditions } from "./known-differences.mjs";
import { normaliseCall } from "./normalise.mjs";
import { tester } from "./recorder.mjs";

const REQUIRED_SHARE = 0.97;

const { values: options } = parseArgs({
  options: {
    a: { type: "string", default: "reference" },
    b: { type: "string", default: "watchword" },
    only: { type: "string", default: "" },
    without: { type: "string" },
    verbose: { type: "boolean", short: "v", default: false },
    // Groups played at the same time: most of them wait (for a clock, for a message) more than they work.
    jobs: { type: "string", default: "4" },
    transcript: { type: "boolean", default: false },
  },
});

async function loadScenarios() {
  const folder = new URL("./scenarios/", import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith(".mjs")).sort();
  const loaded = await Promise.all(files.map((name) => import(new URL(name, folder))));
  return loaded.flatMap(({ default: scenarios }, i) =>
    (scenarios ?? []).map((s) => ({
      config: { emailAndPassword: { enabled: true } },
      ...s,
      name: `${files[i].replace(".mjs", "")}: ${s.name}`,
    })),
  );
}

// Starting a server costs more than most scenarios: those with one configuration share it, in the order of the
// files, unless a scenario leaves something behind (`alone: true`).
function groupByConfig(scenarios) {
  const groups = new Map();
  for (const scenario of scenarios) {
    const key = scenario.alone ? Symbol(scenario.name) : JSON.stringify(scenario.config);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(scenario);
  }
  return [...groups.values()];
}

async function play(server, scenario) {
  const t = tester(server);
  let failure;
  try {
    await scenario.run(t);
  } catch (error) {
    failure = `scenario stopped: ${error.message}`;
  }
  return {
    calls: t.calls.map((call) => normaliseCall(call, server.base)),
    sent: t.calls.map((call) => call.sent?.slice(0, 160) ?? ""),
    failure,
  };
}

async function playGroup(side, group, internet) {
  let server;
  try {
    server = await startServer(side, group[0].config, { shared: true, internet });
  } catch (error) {
    return group.map(() => ({ calls: [], failure: error.message }));
  }
  const played = [];
  try {
    for (const scenario of group) played.push(await play(server, scenario));
  } finally {
    await server.stop();
  }
  return played;
}

// judge compares what a scenario came to on both sides.
function judge(scenario, a, b) {
  const length = Math.max(a.calls.length, b.calls.length, 1);
  const different = [];
  for (let i = 0; i < length; i++) {
    const calls = { a: a.calls[i], b: withoutAdditions(a.calls[i], b.calls[i]) };
    if (calls.a && JSON.stringify(calls.a) === JSON.stringify(calls.b)) continue;
    const excuse = knownDifferences.find((d) => d.matches(scenario.name, calls.a, calls.b));
    different.push({ i, left: calls.a, right: calls.b, excuse });
  }
  const failures = [a.failure && `A ${a.failure}`, b.failure && `B ${b.failure}`].filter(Boolean);
  const known = different.filter(({ excuse }) => excuse).length;
  return { scenario, a, length, different, failures, known, doubtful: failures.length > 0 || known < different.length };
}

function print({ scenario, a, length, different, failures }) {
  const whole = different.length === 0 && failures.length === 0;
  console.log(`${whole ? "same" : "DIFF"} ${length - different.length}/${length} ${scenario.name}${failures.length ? ` (${failures.join(" | ")})` : ""}`);
  if (options.transcript) for (const call of a.calls) console.log(`     ${JSON.stringify(call)}`);
  for (const { i, left, right, excuse } of different) {
    if (!options.verbose && excuse) continue;
    console.log(`   call ${i + 1}: ${left?.call ?? left?.note ?? right?.call ?? right?.note ?? "(none)"} ${a.sent?.[i] ?? ""}${excuse ? `   known: ${excuse.reason}` : ""}`);
    for (const member of Object.keys({ ...left, ...right })) {
      const [one, other] = [left?.[member], right?.[member]].map((value) => JSON.stringify(value) ?? "(missing)");
      if (one !== other) console.log(`      ${member}\n        A ${one}\n        B ${other}`);
    }
  }
}

const percent = (part, whole) => `${((100 * part) / whole).toFixed(2)} %`;

// partOf names what a scenario is about: a plugin, social sign-in or the core.
function partOf(name) {
  const file = name.slice(0, name.indexOf(":"));
  if (file.startsWith("plugin-")) return file.replace(/^plugin-(organization|twofactor)-.*/, "plugin-$1");
  return /^(use-)?(social|providers|presets)/.test(file) ? "social" : "core";
}

const groups = groupByConfig((await loadScenarios()).filter(({ name }) => name.includes(options.only) && !(options.without && name.includes(options.without))));
const started = Date.now();
const internets = await Promise.all([startInternet(), startInternet()]);
const verdicts = new Map();

async function playBoth(group) {
  const [a, b] = await Promise.all([playGroup(options.a, group, internets[0]), playGroup(options.b, group, internets[1])]);
  return group.map((scenario, i) => judge(scenario, a[i], b[i]));
}

const queue = groups.entries();
async function work() {
  for (const [, group] of queue) {
    for (const verdict of await playBoth(group)) {
      verdicts.set(verdict.scenario.name, verdict);
      if (!verdict.doubtful) print(verdict);
    }
  }
}
await Promise.all(Array.from({ length: Number(options.jobs) }, work));

// A busy machine can make a side miss a time limit. What nobody can explain is played once more, by itself.
for (const group of groups.filter((group) => group.some(({ name }) => verdicts.get(name).doubtful))) {
  for (const verdict of await playBoth(group)) {
    if (!verdicts.get(verdict.scenario.name).doubtful) continue;
    verdicts.set(verdict.scenario.name, verdict);
    print(verdict);
  }
}
stopShared();
for (const internet of internets) internet.close();

const totals = { calls: 0, same: 0, known: 0, failed: 0, scenarios: 0, whole: 0, stopped: 0 };
const parts = new Map();
for (const { scenario, length, different, failures, known } of verdicts.values()) {
  const part = partOf(scenario.name);
  if (!parts.has(part)) parts.set(part, { calls: 0, same: 0 });
  parts.get(part).calls += length;
  parts.get(part).same += length - different.length;
  totals.failed += different.filter(({ left }) => left?.status === 500).length;
  totals.calls += length;
  totals.same += length - different.length;
  totals.known += known;
  totals.scenarios++;
  if (different.length === 0 && failures.length === 0) totals.whole++;
  if (failures.length > 0) totals.stopped++;
}
for (const [part, { same, calls }] of [...parts].sort()) console.log(`${part.padEnd(20)} ${percent(same, calls).padStart(8)}  ${same} of ${calls}`);
const share = totals.same / totals.calls;
const unexplained = totals.calls - totals.same - totals.known;
console.log(
  `${totals.same} of ${totals.calls} calls the same (${percent(totals.same, totals.calls)}), ` +
    `${totals.whole} of ${totals.scenarios} scenarios whole, ${totals.stopped} stopped, ${totals.known} known differences ` +
    `(${totals.failed} where the reference answers 500), ` +
    `${unexplained} unexplained, ${groups.length} server starts a side, ${((Date.now() - started) / 1000).toFixed(0)} s`,
);
process.exit(share >= REQUIRED_SHARE && unexplained === 0 && totals.stopped === 0 ? 0 : 1);
