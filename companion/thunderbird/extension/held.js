// The mails that wait, by the number of the tab they are written in: on disk, as Thunderbird may be closed.
"use strict";

const held = {
  turn: Promise.resolve(),
  async get(id) {
    return (await messenger.storage.local.get(String(id)))[id];
  },
  put(id, mail) {
    return messenger.storage.local.set({ [id]: mail });
  },
  // Changes parts of a mail that still waits; one change after the other, so that none undoes another.
  change(id, parts) {
    const change = held.turn.then(async () => {
      const mail = await held.get(id);
      if (mail) {
        await held.put(id, { ...mail, ...parts });
      }
    });
    held.turn = change.catch(() => {}); // whoever asked for it is told
    return change;
  },
  drop(id) {
    return messenger.storage.local.remove(String(id));
  },
  async all() {
    return Object.entries(await messenger.storage.local.get(null));
  },
};

// What tells that a mail was changed while it waited.
async function markOf(details) {
  const { to, cc, bcc, subject, body, plainTextBody, isPlainText, attachments } = details;
  const files = (attachments ?? []).map(({ id, name, size }) => [id, name, size]);
  const text = JSON.stringify([to, cc, bcc, subject, isPlainText ? plainTextBody : body, files]);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
