// The window of one mail that waits: why, until when, and what to do.
"use strict";

const MORNING = 8; // o'clock
const STAYS = "It goes only while its own window and Thunderbird stay open; this window may be closed.";
const SAVED = "It also lies in Drafts.";
const NOT_SAVED = "It could not be saved among your drafts.";
const id = new URLSearchParams(location.search).get("id");
const part = (name) => document.getElementById(name);

async function paint() {
  const mail = await held.get(id);
  if (!mail) {
    window.close(); // it is sent, or being edited
    return;
  }
  const waits = mail.state === "waits";
  part("subject").textContent = mail.subject || "(no subject)";
  const goes = waits ? `It waits, and goes by itself: ${clock(mail.due)}.` : "It is being sent.";
  part("when").textContent = mail.told || goes;
  part("why").replaceChildren(...mail.why.map(item));
  part("hint").textContent = `${STAYS} ${mail.saved ? SAVED : NOT_SAVED}`;
  part("choices").hidden = part("hint").hidden = !waits;
  part("over").hidden = mail.state !== "ended";
  if (document.activeElement === document.body || document.activeElement.closest("[hidden]")) {
    part(waits ? "edit" : "subject").focus(); // what a key that was meant for something else does not hurt
  }
  document.title = `${mail.state === "ended" ? "Not sent" : "Waits"}: ${mail.subject}`;
}

function clock(time) {
  return new Date(time).toLocaleString([], { weekday: "short", hour: "2-digit", minute: "2-digit" });
}

function item(text) {
  const line = document.createElement("li");
  line.textContent = text;
  return line;
}

function minutesUntil(choice) {
  if (choice !== "morning") {
    return Number(choice);
  }
  const now = new Date();
  const day = now.getDate() + (now.getHours() >= MORNING ? 1 : 0);
  return (new Date(now.getFullYear(), now.getMonth(), day, MORNING) - now) / 60_000;
}

const tell = (message) => messenger.runtime.sendMessage({ id: Number(id) || id, ...message });

for (const act of ["send-now", "edit", "seen"]) {
  part(act).addEventListener("click", () => tell({ act }));
}
part("later").addEventListener("click", () => tell({ act: "later", minutes: minutesUntil(part("until").value) }));
messenger.storage.local.onChanged.addListener(paint);
paint();
