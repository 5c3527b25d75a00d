// What the page shows: the judgement of the address, and of a file that was chosen or dropped.

import { compare, judge } from "./check.js";
import { WORDS } from "./words.js";

const at = (id) => document.getElementById(id);
const LANGUAGE = "language";
const TONE = {
  genuine: "good", whole: "good", unchecked: "care", unknown: "care", unsigned: "care",
  unsealed: "care",
  unreadable: "care", bare: "care", none: "none",
};
const SIGN = { good: "✓", care: "?", bad: "✕", none: "·" };

let language = chosen();
let answer = { verdict: "none" };
let file = null;
let trust = null;
let asked = 0;

// The choice of language is kept on the device, where the browser lets it be kept.
function chosen() {
  try {
    const kept = localStorage.getItem(LANGUAGE);
    if (kept in WORDS) return kept;
  } catch {
    // as if nothing had been chosen
  }
  return navigator.languages.some((each) => each.startsWith("vi")) ? "vi" : "en";
}

const word = (key) => WORDS[language][key];

async function loaded() {
  const response = await fetch("data/issuers.json", { cache: "no-cache" });
  if (!response.ok) throw new Error("no issuers");
  const known = await response.json();
  const fetchList = async (key) => {
    try {
      const list = await fetch(`data/${key}.cancelled`, { cache: "no-cache" });
      return list.ok ? new Uint8Array(await list.arrayBuffer()) : null;
    } catch {
      return null; // neither network nor a kept list
    }
  };
  return { ...known, fetchList };
}

async function checkAddress() {
  file = null;
  const turn = ++asked;
  const address = location.hash.length > 1 ? location.href : "";
  const found = address ? await judge(address, trust) : { verdict: "none" };
  if (turn !== asked) return;
  answer = found;
  draw();
}

async function checkFile(chosenFile) {
  const turn = ++asked;
  at("status").textContent = word("reading");
  const bytes = new Uint8Array(await chosenFile.arrayBuffer());
  const scanned = location.hash.length > 1 ? location.href : "";
  const compared = await compare(bytes, scanned, trust);
  const judged = compared.address
    ? await judge(compared.address, trust)
    : { verdict: "none" };
  if (turn !== asked) return;
  answer = judged;
  file = { ...compared, name: chosenFile.name };
  draw();
}

function line(list, name, value) {
  const term = document.createElement("dt");
  const said = document.createElement("dd");
  term.textContent = word(`row.${name}`);
  said.textContent = value;
  list.append(term, said);
}

function day(iso) {
  const [year, month, date] = iso.split("-");
  return language === "vi" ? `${date}/${month}/${year}` : iso;
}

function facts({ verdict, statement, issuer, list }) {
  const rows = document.createDocumentFragment();
  // an unknown issuer's words are not repeated under this page's name
  if (!statement || verdict === "unknown") return rows;
  const kind = trust.kinds[statement.kind];
  line(rows, "authority", issuer.name);
  line(rows, "number", statement.number);
  line(rows, "volume", statement.volume);
  line(rows, "date", day(statement.date));
  line(rows, "kind", kind ? kind[language] : statement.kind);
  line(rows, "pages", String(statement.pages));
  line(rows, "copies", String(statement.copies));
  if (list) {
    const made = new Date(list.made * 1000);
    line(rows, "list", made.toLocaleString(language === "vi" ? "vi-VN" : "en-GB"));
  }
  return rows;
}

function toneOf(key, sample) {
  const tone = TONE[key] ?? "bad";
  return sample && tone === "good" ? "care" : tone;
}

function shown(box, key, tone) {
  box.dataset.tone = tone;
  box.querySelector(".sign").textContent = SIGN[tone];
  box.querySelector(".said").textContent = word(key);
}

function draw() {
  document.documentElement.lang = language;
  for (const each of document.querySelectorAll("[data-word]"))
    each.textContent = word(each.dataset.word);
  at("language").lang = language === "vi" ? "en" : "vi";
  const { verdict, issuer } = answer;
  // a sample is never told in the colour of what is good
  const sample = Boolean(issuer && issuer.sample);
  const tone = toneOf(verdict, sample);
  document.title = `${word(`verdict.${verdict}`)} – ${word("title")}`;
  at("verdict").dataset.verdict = verdict;
  shown(at("verdict"), `verdict.${verdict}`, tone);
  at("about").textContent = word(`about.${verdict}`);
  at("sample").hidden = !sample;
  at("facts").replaceChildren(facts(answer));
  at("paper").hidden = !issuer;
  at("file").hidden = !file;
  at("reader").hidden = !file;
  if (file) {
    at("file").dataset.file = file.file;
    shown(at("file"), `file.${file.file}`, toneOf(file.file, sample));
    at("name").textContent = `${word("file.name")}: ${file.name}`;
  }
  const told = [word(`verdict.${verdict}`)];
  if (file) told.push(word(`file.${file.file}`));
  at("status").textContent = told.join(". ");
}

function listen() {
  at("language").addEventListener("click", () => {
    language = language === "vi" ? "en" : "vi";
    draw();
    try {
      localStorage.setItem(LANGUAGE, language);
    } catch {
      // it holds until the page is closed
    }
  });
  addEventListener("hashchange", checkAddress);
  const input = at("choose");
  input.addEventListener("change", () => {
    if (input.files.length) checkFile(input.files[0]);
    input.value = "";
  });
  const drop = at("drop");
  // anywhere on the page: a file that misses the frame must not replace the page
  addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  addEventListener("dragleave", () => drop.classList.remove("over"));
  addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    const dropped = event.dataTransfer.files;
    if (dropped.length) checkFile(dropped[0]);
  });
}

async function main() {
  draw();
  try {
    trust = await loaded();
  } catch {
    at("about").textContent = word("broken");
    at("status").textContent = word("broken");
    return;
  }
  listen();
  await checkAddress();
  at("main").dataset.ready = "yes";
  if ("serviceWorker" in navigator) await navigator.serviceWorker.register("worker.js");
}

main();
