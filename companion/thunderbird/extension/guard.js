// What happens to a mail: judged when it is to be sent, held in its own window, sent when its time has come.
//
// A background page that Thunderbird ends when it rests: whatever has to last is in `held` (held.js), and times are
// alarms: one at the time of each mail, and one every minute, since alarms stand still while the machine sleeps and are
// gone when the add-on is renewed.
"use strict";

const TICK = "tick";
const SAVING = 10_000; // milliseconds until its person is asked though the draft is not saved yet

messenger.compose.onBeforeSend.addListener(async (tab, details) => {
  try {
    return await answer(tab.id, details);
  } catch (error) {
    console.error(error);
    await tell(`The add-on made a mistake: ${error.message}`);
    return {}; // else Thunderbird would never let go of the window
  }
});

messenger.compose.onAfterSend.addListener(async (tab, sent) => {
  const mail = await held.get(tab.id);
  const refused = sent.mode === "sendNow" && !sent.headerMessageId; // by the server, which is no error here
  if (!sent.error && !refused) {
    await held.drop(tab.id);
  } else if (mail?.state === "waits") {
    await held.change(tab.id, ["waits"], { mode: sent.mode });
    await ask(tab.id, mail); // our own "no": only now the mail can be saved, and takes the attention no more
  } else {
    await end(tab.id, `It was not sent: ${sent.error ?? "Thunderbird has told why."}`);
  }
});

messenger.alarms.onAlarm.addListener(({ name }) => (name === TICK ? tick() : release(Number(name))));

messenger.tabs.onRemoved.addListener(async (id) => {
  const mail = await held.get(id);
  if (mail?.state === "waits") {
    await end(id, `Its window was closed. ${whereabouts(mail)}`);
  }
});

messenger.runtime.onStartup.addListener(async () => {
  for (const [id, mail] of await held.all()) {
    if (id.startsWith("left")) {
      await show(id);
      continue;
    }
    const left = `left ${crypto.randomUUID()}`; // tabs are numbered anew
    const told = mail.told || `Thunderbird was closed meanwhile. ${whereabouts(mail)}`;
    await held.put(left, { ...mail, state: "ended", told });
    await held.drop(id);
    await show(left);
  }
});

messenger.composeAction.onClicked.addListener(async ({ id }) => {
  if (await held.get(id)) {
    await show(id);
  }
});

messenger.runtime.onMessage.addListener(async ({ act, id, minutes }) => {
  const answers = {
    "send-now": () => send(id),
    edit: () => edit(id),
    later: () => later(id, minutes),
    seen: () => held.drop(id),
  };
  return answers[act]();
});

watch(); // what waited when the add-on was renewed

async function answer(id, details) {
  const mail = await held.get(id);
  const mark = await markOf(id);
  const same = mail?.mark === mark;
  if (details.type === "redirect" || (same && mail.state === "going")) {
    return {}; // somebody else's words, or what its person or the time has decided
  }
  if (same && mail.state === "waits") {
    return { cancel: true }; // Send was pressed again: the question is the same
  }
  const verdict = await judged(details);
  if (!verdict.hold) {
    await held.drop(id);
    return {};
  }
  const { seconds, why } = verdict;
  const due = Date.now() + seconds * 1000;
  const begun = { state: "waits", mode: "default", saved: false, shown: false };
  await held.put(id, { ...begun, subject: details.subject, why, due, mark });
  await wake(id, due);
  return { cancel: true };
}

async function ask(id, { saved }) {
  try {
    await Promise.race([saved || keep(id), pause(SAVING)]);
  } finally {
    await show(id);
  }
}

// A draft: what waits outlasts a crash. Thunderbird removes it once the mail is sent. Saving marks links in the mail.
async function keep(id) {
  await messenger.compose.saveMessage(id, { mode: "draft" });
  await held.change(id, ["waits"], { saved: true, mark: await markOf(id) });
}

// It does not go by itself any more; the person is told why.
async function end(id, told) {
  await messenger.alarms.clear(String(id));
  if (await held.change(id, ["waits", "going"], { state: "ended", told })) {
    await show(id);
  }
}

function whereabouts({ state, saved }) {
  if (state === "going") {
    return "It was just being sent: look whether it lies in Sent or in Drafts.";
  }
  return saved
    ? "It was not sent, and lies in Drafts as it was when it began to wait."
    : "It was not sent, and could not be saved among the drafts.";
}

async function tick() {
  for (const [id, mail] of await held.all()) {
    if (mail.state === "waits" && !mail.shown) {
      await show(id);
    }
    if (mail.state === "going" && !(await isOpen(Number(id)))) {
      await end(Number(id), whereabouts(mail)); // what came of it was not told, as when this page ended meanwhile
    }
    await release(Number(id));
  }
  await watch();
}

async function watch() {
  const pending = (await held.all()).some(([, mail]) => mail.state !== "ended");
  if (!pending) {
    await messenger.alarms.clear(TICK);
  } else if (!(await messenger.alarms.get(TICK))) {
    await messenger.alarms.create(TICK, { periodInMinutes: 1 });
  }
}

async function release(id) {
  const mail = await held.get(id);
  if (mail?.state !== "waits" || mail.due > Date.now()) {
    return;
  }
  if (!(await isOpen(id))) {
    await end(id, `Its window was closed. ${whereabouts(mail)}`); // while the add-on was switched off
  } else if (mail.mark === (await markOf(id))) {
    await send(id, mail.due);
  } else {
    await end(id, "You changed it while it waited, so it was not sent. Send it once it is ready.");
  }
}

// Whether a mail's window is still there.
async function isOpen(id) {
  return Boolean(await messenger.tabs.get(id).catch(() => undefined));
}

// Sends a mail that still waits; with `due` only if nobody put it off meanwhile.
async function send(id, due) {
  const mark = await markOf(id);
  const before = await held.get(id);
  if (due !== undefined && before?.due !== due) {
    return;
  }
  const mail = await held.change(id, ["waits"], { state: "going", mark });
  if (!mail) {
    return;
  }
  await messenger.alarms.clear(String(id));
  try {
    await messenger.compose.sendMessage(id, { mode: mail.mode });
  } catch (error) {
    await end(id, `It was not sent: ${error.message}`);
  }
}

async function edit(id) {
  const window = await asking(id);
  if (!(await held.take(id, ["waits"]))) {
    return; // it is just being sent
  }
  await messenger.alarms.clear(String(id));
  if (window) {
    // Before the mail's window is called: its end gives the attention to whatever comes next. It may be closed by now.
    await messenger.windows.remove(window).catch(console.info);
  }
  const { windowId } = await messenger.tabs.get(id);
  await messenger.windows.update(windowId, { focused: true });
}

async function later(id, minutes) {
  const due = Date.now() + minutes * 60_000;
  if (await held.change(id, ["waits"], { due })) {
    await wake(id, due);
  }
}

async function wake(id, due) {
  await messenger.alarms.create(String(id), { when: due });
  await watch();
}

async function show(id) {
  await held.change(id, ["waits"], { shown: true });
  const window = await asking(id);
  if (window) {
    await messenger.windows.update(window, { focused: true });
  } else {
    await messenger.windows.create({ type: "popup", url: pageOf(id), width: 540, height: 280 });
  }
}

// The window that asks about a mail, or undefined.
async function asking(id) {
  const tabs = await messenger.tabs.query({});
  return tabs.find(({ url }) => url === pageOf(id))?.windowId;
}

function pageOf(id) {
  return messenger.runtime.getURL(`waiting.html?id=${encodeURIComponent(id)}`);
}
