// The window of one mail that waits: why, until when, and what to do.
"use strict";

const MORNING = 8; // o'clock
const id = new URLSearchParams(location.search).get("id");
const part = (name) => document.getElementById(name);

async function paint() {
  const mail = await held.get(id);
  if (!mail) {
    window.close(); // it is sent, or being edited
    return;
  }
  part("subject").textContent = mail.subject || "(no subject)";
  const goes = new Date(mail.due).toLocaleString([], { weekday: "short", hour: "2-digit", minute: "2-digit" });
  part("when").textContent = mail.ended || `This mail waits. It goes by itself: ${goes}.`;
  part("why").replaceChildren(...mail.why.map(item));
  part("hint").textContent = mail.saved
    ? "You may close this window: the mail waits on in its own, and is saved among your drafts."
    : "You may close this window: the mail waits on in its own. It could not be saved among your drafts.";
  part("choices").hidden = part("hint").hidden = Boolean(mail.ended);
  part("over").hidden = !mail.ended;
  if (document.activeElement === document.body || document.activeElement.closest("[hidden]")) {
    part(mail.ended ? "seen" : "edit").focus(); // what changes nothing
  }
  document.title = mail.ended ? "This mail was not sent" : "This mail waits";
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
part("later").addEventListener("change", ({ target }) => {
  if (target.value) {
    tell({ act: "later", minutes: minutesUntil(target.value) });
  }
  target.value = "";
});
messenger.storage.local.onChanged.addListener(paint);
paint();
