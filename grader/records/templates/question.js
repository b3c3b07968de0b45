"use strict";
// A decision is kept here until the server has confirmed it: what fails is tried again, and the
// browser warns whoever leaves before.
const state = JSON.parse(document.getElementById("state").textContent);
const answers = state.answers;
const byId = (id) => document.getElementById(id);
const number = (points) => String(Math.round(points * 100) / 100);
const RETRY = 5000, PAUSE = 600; // milliseconds
let current = 0;

for (const [i, one] of answers.entries()) {
  one.place = byId(`answer-${i + 1}`);
  one.seen = { score: one.score, comment: one.comment };
  one.dirty = one.saving = false;
  one.trouble = "";
  one.theirs = null;
}
const lines = state.lines.map((line) => {
  const place = document.querySelector(`[data-key="${line.key}"]`);
  return { ...line, whole: place.querySelector(".whole"), steps: [...place.querySelectorAll("[data-step]")] };
});

// --- what is shown

function stateOf(one) {
  if (one.trouble) return ["not saved", "wrong"];
  if (!one.waits) return ["", ""];
  return one.score === null ? ["not graded", "open"] : ["look at it again", "partly"];
}

function showAnswer(one) {
  const [words, kind] = stateOf(one);
  const label = one.place.querySelector(".state");
  label.textContent = words;
  label.className = `state ${kind}`;
  one.place.querySelector(".points").textContent =
    `${one.score === null ? "–" : number(one.score)} / ${number(state.points)}`;
  const remark = one.place.querySelector(".remark");
  remark.textContent = one.comment;
  remark.hidden = !one.comment.trim();
  one.place.toggleAttribute("aria-current", one === answers[current]);
}

function showProgress() {
  const graded = answers.filter((one) => !one.waits).length;
  byId("bar").value = graded;
  byId("far").textContent = `${graded} of ${answers.length} graded`;
  const unsaved = answers.filter((one, i) => one.trouble && i !== current).length;
  byId("unsaved").hidden = !unsaved;
  byId("unsaved").textContent = `${unsaved} not saved`;
  byId("open").disabled = graded === answers.length;
}

function showStatus(one) {
  const label = byId("status");
  label.className = one.trouble ? "wrong" : "muted";
  if (one.trouble) label.textContent = `Not saved: ${one.trouble}`;
  else if (one.saving || one.dirty) label.textContent = "Saving …";
  else if (one.saved) { label.className = "right"; label.textContent = "✓ Saved"; }
  else label.textContent = "";
  byId("conflict").hidden = !one.theirs;
}

function showGrade(one) {
  byId("current").textContent = `Answer ${current + 1} of ${answers.length}`;
  for (const line of lines) {
    const given = one.lines[line.key] ?? 0;
    line.whole.setAttribute("aria-pressed", given === line.points ? "true" : given ? "mixed" : "false");
    for (const step of line.steps) step.setAttribute("aria-pressed", String(Number(step.dataset.step) === given));
  }
  const sum = sumOf(one);
  byId("sum").textContent = Object.keys(one.lines).length && sum !== one.score
    ? `The lines of the rubric come to ${number(sum)}.` : "";
  byId("notebook").href = `${state.notebooks}/${one.notebook}/`;
  byId("again").hidden = !(one.waits && one.score !== null);
}

function show() {
  const one = answers[current];
  showAnswer(one);
  showProgress();
  showStatus(one);
  showGrade(one);
}

function showFields() {
  const one = answers[current], score = byId("score");
  score.value = one.score === null ? "" : number(one.score);
  score.removeAttribute("aria-invalid");
  byId("comment").value = one.comment;
}

// --- where one is

function go(place, block = "start") {
  if (byId("score").getAttribute("aria-invalid")) return byId("score").focus();
  save(answers[current]);
  const last = answers[current];
  current = Math.min(Math.max(place, 0), answers.length - 1);
  showAnswer(last);
  showFields();
  show();
  answers[current].place.focus({ preventScroll: true });
  if (block) answers[current].place.scrollIntoView({ block });
  document.querySelector("aside").scrollTop = 0;
}

function nextOpen() {
  const order = [...answers.keys()].map((i) => (current + 1 + i) % answers.length);
  const found = order.find((i) => answers[i].waits);
  if (found !== undefined) go(found);
}

// --- what is decided

const sumOf = (one) => Object.values(one.lines).reduce((sum, points) => sum + points, 0);

function changed(delay = 0) {
  const one = answers[current];
  one.dirty = true;
  clearTimeout(one.timer);
  if (!one.theirs) one.timer = setTimeout(() => save(one), delay);
  show();
}

function setScore(score) {
  answers[current].score = score;
  showFields();
  changed();
}

function give(line, points) {
  const one = answers[current];
  one.lines = { ...one.lines, [line.key]: points };
  if (!points) delete one.lines[line.key];
  setScore(Math.min(sumOf(one), state.points));
}

const toggle = (line) => give(line, answers[current].lines[line.key] ? 0 : line.points);

function less(line) {
  const steps = [0, ...line.steps.map((step) => Number(step.dataset.step)), line.points];
  const given = answers[current].lines[line.key] ?? 0;
  const place = steps.indexOf(given);
  give(line, place > 0 ? steps[place - 1] : steps[steps.length - 2]);
}

function giveAll(points) {
  const one = answers[current];
  one.lines = points ? Object.fromEntries(lines.map((line) => [line.key, line.points])) : {};
  setScore(points);
}

function takeBack() {
  answers[current].lines = {};
  setScore(null);
}

function typedScore() {
  const field = byId("score"), typed = field.value.trim().replace(",", ".");
  const score = typed === "" ? null : Number(typed);
  const right = score === null || (score >= 0 && score <= state.points);
  if (right) field.removeAttribute("aria-invalid");
  if (!right) {
    field.setAttribute("aria-invalid", "true");
    byId("sum").textContent = `Points are a number from 0 to ${number(state.points)}.`;
  } else if (score !== answers[current].score) {
    answers[current].score = score;
    changed(PAUSE);
  } else show();
}

// --- saving

function cookie(name) {
  const found = document.cookie.split("; ").find((one) => one.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

async function put(one, keepalive) {
  const { score, comment, lines, seen } = one;
  return fetch(`${state.address}/${one.id}`, {
    method: "PUT", keepalive,
    headers: { "Content-Type": "application/json", "X-XSRFToken": cookie("_xsrf") },
    body: JSON.stringify({ score, comment, lines, seen }),
  });
}

const REASONS = {
  403: "you are logged out. Log in in another tab; it is tried again.",
  404: "the submission is gone or was graded again. Copy your comment and load the page again.",
};

async function save(one, keepalive = false) {
  clearTimeout(one.timer);
  if (one.saving || !one.dirty || one.theirs) return;
  one.saving = true;
  one.dirty = false;
  let trouble = "", again = true;
  try {
    const reply = await put(one, keepalive);
    const said = (reply.headers.get("Content-Type") ?? "").includes("json") ? await reply.json() : {};
    if (reply.ok) {
      one.seen = { score: said.score, comment: said.comment };
      one.waits = said.waits;
      one.saved = true;
      if (one.score === null && !one.dirty) one.score = said.score;
    } else {
      again = ![400, 404, 409].includes(reply.status);
      one.theirs = reply.status === 409 ? said.now : null;
      trouble = REASONS[reply.status] ?? said.message ?? `the server says ${reply.status}; it is tried again.`;
    }
  } catch {
    trouble = "the server does not answer. Your points and words stay here; it is tried again.";
  }
  settle(one, trouble, again);
}

function settle(one, trouble, again) {
  one.saving = false;
  one.trouble = trouble;
  if (one.theirs) {
    const { score, comment } = one.theirs;
    one.trouble += ` There it has ${score === null ? "no points" : `${number(score)} points`}` +
      (comment ? `, and the comment: ${comment}` : " and no comment.");
  }
  if (trouble) {
    one.dirty = true;
    if (again) one.timer = setTimeout(() => save(one), RETRY);
  } else if (one.dirty) save(one);
  if (one === answers[current] && document.activeElement !== byId("score")) {
    if (!one.dirty) byId("score").value = one.score === null ? "" : number(one.score);
  }
  showAnswer(one);
  show();
}

function keepMine() {
  const one = answers[current];
  one.seen = { score: one.theirs.score, comment: one.theirs.comment };
  one.theirs = null;
  save(one);
}

function takeTheirs() {
  const one = answers[current];
  Object.assign(one, one.theirs, { seen: { score: one.theirs.score, comment: one.theirs.comment } });
  Object.assign(one, { theirs: null, trouble: "", dirty: false, waits: one.score === null });
  showFields();
  show();
}

// --- names

async function showNames() {
  const wanted = byId("names").checked;
  let names = {};
  if (wanted) {
    try {
      names = await (await fetch(state.names)).json();
    } catch {
      byId("names").checked = false;
      return;
    }
  }
  for (const one of answers) {
    const label = one.place.querySelector(".who");
    label.textContent = names[one.id] ?? "";
    label.hidden = !wanted;
  }
}

// --- keys and clicks

const KEYS = {
  j: () => go(current + 1), ArrowRight: () => go(current + 1),
  k: () => go(current - 1), ArrowLeft: () => go(current - 1),
  u: nextOpen,
  0: () => giveAll(0), f: () => giveAll(state.points),
  Delete: takeBack,
  y: () => { if (!byId("again").hidden) changed(); },
  s: () => byId("score").select(),
  c: () => byId("comment").focus(),
  m: () => byId("model").toggleAttribute("open"),
  n: () => byId("names").click(),
  "?": () => byId("keys").toggleAttribute("open"),
};

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input[type=text], textarea")) {
    const leaves = event.key === "Escape" || (event.key === "Enter" && event.target.id === "score");
    if (leaves) { event.preventDefault(); event.target.blur(); }
    return;
  }
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
  const line = digit && lines[digit[1] - 1];
  const action = line ? () => (event.shiftKey ? less : toggle)(line) : KEYS[event.key];
  if (!action || (digit && !line && event.key !== "?")) return;
  event.preventDefault();
  action();
}

function listen() {
  document.addEventListener("keydown", pressed);
  byId("back").addEventListener("click", KEYS.k);
  byId("forth").addEventListener("click", KEYS.j);
  byId("open").addEventListener("click", nextOpen);
  byId("none").addEventListener("click", () => giveAll(0));
  byId("all").addEventListener("click", () => giveAll(state.points));
  byId("take-back").addEventListener("click", takeBack);
  byId("confirm").addEventListener("click", () => changed());
  byId("mine").addEventListener("click", keepMine);
  byId("theirs").addEventListener("click", takeTheirs);
  byId("names").addEventListener("change", showNames);
  byId("unsaved").addEventListener("click", () => go(answers.findIndex((one, i) => one.trouble && i !== current)));
  byId("score").addEventListener("input", typedScore);
  byId("score").addEventListener("blur", () => save(answers[current]));
  byId("comment").addEventListener("input", () => { answers[current].comment = byId("comment").value; changed(PAUSE); });
  byId("comment").addEventListener("blur", () => save(answers[current]));
  for (const line of lines) {
    line.whole.addEventListener("click", () => toggle(line));
    for (const step of line.steps) step.addEventListener("click", () => give(line, Number(step.dataset.step)));
  }
  for (const [i, one] of answers.entries()) {
    one.place.addEventListener("click", (event) => {
      if (i !== current && !event.target.closest("a, summary, button")) go(i, "");
    });
  }
  addEventListener("beforeunload", (event) => {
    if (answers.some((one) => one.dirty || one.saving)) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) answers.forEach((one) => save(one, true));
  });
}

if (answers.length) {
  listen();
  if (top !== window) byId("notebook").removeAttribute("target"); // JupyterLab's frame opens no window
  answers.forEach(showAnswer);
  const open = answers.findIndex((one) => one.waits);
  current = Math.max(open, 0);
  showFields();
  answers.forEach(showAnswer);
  show();
  if (open > 0) go(open, "nearest");
}
