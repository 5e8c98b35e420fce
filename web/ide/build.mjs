// Builds ../../schema/ide/{ide.js,ide.css,LICENSES.txt}: one script, one style sheet, the notices of what is inside.
import { build } from "esbuild";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../../schema/ide");

/** GraphiQL's style sheet embeds Roboto and Fira Code as data: URLs; ide.css names system fonts instead. */
const withoutFonts = {
  name: "without-fonts",
  setup({ onLoad }) {
    onLoad({ filter: /graphiql[\\/]dist[\\/]style\.css$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(/@font-face\s*\{[^}]*\}/g, ""),
      loader: "css",
    }));
  },
};

const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: { ide: "index.jsx" },
  outdir: out,
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  jsx: "automatic",
  legalComments: "none",
  define: { "process.env.NODE_ENV": '"production"' },
  plugins: [withoutFonts],
  metafile: true,
});

/** Return the package folder of a bundled file, such as node_modules/@graphiql/react. */
const packageOf = (file) => file.match(/^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//)?.[1];

/** Return the notice of a package that ships no licence file: whose it is, and the terms it names. */
function termsWithoutFile({ name, author, repository, license }) {
  if (license !== "MIT") throw new Error(`${name} is under ${license} and ships no licence file`);
  const owner = (typeof author === "string" ? author : author?.name) ?? `the authors of ${name}`;
  const home = typeof repository === "string" ? repository : (repository?.url ?? "");
  return `Copyright (c) ${owner}\n${home}\n\n${readFileSync(join(here, "mit.txt"), "utf8").trim()}`;
}

const folders = [...new Set(Object.keys(metafile.inputs).map(packageOf).filter(Boolean))].sort();
const notices = folders.map((folder) => {
  const manifest = JSON.parse(readFileSync(join(here, folder, "package.json"), "utf8"));
  const { name, version, license } = manifest;
  const file = readdirSync(join(here, folder)).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  const text = file ? readFileSync(join(here, folder, file), "utf8").trim() : termsWithoutFile(manifest);
  return `${name} ${version} (${license})\n\n${text}\n`;
});
const rule = `\n${"-".repeat(80)}\n\n`;
writeFileSync(join(out, "LICENSES.txt"), `Bundled in ide.js and ide.css:\n${rule}${notices.join(rule)}`);
