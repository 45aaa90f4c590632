// The mails that wait, by the number of the tab they are written in: on disk, as Thunderbird may be closed. An entry:
//   state    "waits", "going" (being sent) or "ended" (it does not go by itself any more; `told` says why)
//   mark     of the mail as it was when it began to wait, or when it was sent
//   due      when it goes by itself, milliseconds since 1970
//   mode     what Send was pressed for, now or later
//   saved, shown   whether it lies among the drafts, whether its person was asked
// One change after the other, so that none undoes another.
"use strict";

const held = {
  turn: Promise.resolve(),

  async get(id) {
    return (await messenger.storage.local.get(String(id)))[id];
  },
  async all() {
    return Object.entries(await messenger.storage.local.get(null));
  },
  put(id, mail) {
    return held.next(() => messenger.storage.local.set({ [id]: mail }));
  },
  drop(id) {
    return held.next(() => messenger.storage.local.remove(String(id)));
  },

  // Changes parts of an entry in one of some states and returns it, or undefined where there is none.
  change(id, states, parts) {
    return held.among(id, states, async (mail) => {
      const changed = { ...mail, ...parts };
      await messenger.storage.local.set({ [id]: changed });
      return changed;
    });
  },
  // Removes an entry in one of some states, and returns it likewise.
  take(id, states) {
    return held.among(id, states, async (mail) => {
      await messenger.storage.local.remove(String(id));
      return mail;
    });
  },

  among(id, states, work) {
    return held.next(async () => {
      const mail = await held.get(id);
      return states.includes(mail?.state) ? work(mail) : undefined;
    });
  },
  next(work) {
    const done = held.turn.then(work);
    held.turn = done.catch(() => {}); // whoever asked for it is told
    return done;
  },
};

// What tells that a mail was changed while it waited.
async function markOf(id) {
  const details = await messenger.compose.getComposeDetails(id);
  const { from, to, cc, bcc, replyTo, followupTo, newsgroups, subject, body, plainTextBody, isPlainText } = details;
  const files = (await messenger.compose.listAttachments(id)).map((file) => [file.id, file.name, file.size]);
  const heads = [from, to, cc, bcc, replyTo, followupTo, newsgroups, subject];
  const text = JSON.stringify([heads, isPlainText ? plainTextBody : body, files]);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
