// Builds what the pages load into web/static/vendor: one file a purpose, its content's hash in its name, and a manifest.
// Run by `make assets`; the output is committed, so that running needs neither Node nor a network.
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const target = path.join(here, "..", "static", "vendor");

const sources = (await readdir(path.join(here, "src"))).filter((name) => name.endsWith(".js"));
const result = await build({
  absWorkingDir: here,
  entryPoints: sources.map((name) => `src/${name}`),
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none",
  metafile: true,
  write: false,
  outdir: target,
});

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
const manifest = {};
for (const file of result.outputFiles) {
  const name = path.basename(file.path, ".js");
  const hash = createHash("sha256").update(file.contents).digest("hex").slice(0, 12);
  manifest[name] = `${name}.${hash}.js`;
  await writeFile(path.join(target, manifest[name]), file.contents);
}
await writeFile(path.join(target, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);

// The licence of every package that is inside a bundle, word for word.
const packages = new Set();
for (const input of Object.keys(result.metafile.inputs)) {
  const found = input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//);
  if (found) packages.add(found[1]);
}
const licences = [];
for (const name of [...packages].sort()) {
  const folder = path.join(here, "node_modules", name);
  const about = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? await readFile(path.join(folder, file), "utf8") : "";
  licences.push(`${about.name} ${about.version} (${about.license})\n\n${text.trim()}\n`);
}
await writeFile(path.join(target, "LICENSES.txt"), licences.join(`\n${"-".repeat(80)}\n\n`));

// For the tests alone: no page loads it.
await copyFile(path.join(here, "node_modules", "axe-core", "axe.min.js"), path.join(here, "..", "..", "tests", "vendor", "axe.min.js"));
