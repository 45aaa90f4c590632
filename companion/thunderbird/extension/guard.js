// What happens to a mail: judged when it is to be sent, held in its own window, sent when its time has come.
//
// A background page that Thunderbird ends when it rests: whatever has to last is in `held` (held.js), and times are
// alarms.
"use strict";

messenger.compose.onBeforeSend.addListener(async (tab, details) => {
  const mail = await held.get(tab.id);
  if (mail?.agreed) {
    return {};
  }
  if (mail && !mail.ended && mail.mark === (await markOf(details))) {
    return { cancel: true }; // Send was pressed again: the question is the same
  }
  const verdict = await judged(details);
  if (!verdict.hold) {
    await held.drop(tab.id);
    return {};
  }
  await hold(tab.id, details, verdict);
  return { cancel: true };
});

messenger.compose.onAfterSend.addListener(async (tab, sent) => {
  const mail = await held.get(tab.id);
  if (!sent.error) {
    await held.drop(tab.id);
  } else if (mail && !mail.agreed) {
    await ask(tab.id, mail); // our own "no": only now the mail can be saved, and takes the attention no more
  } else if (mail) {
    await end(tab.id, `It was not sent: ${sent.error}`);
  }
});

messenger.alarms.onAlarm.addListener((alarm) => release(Number(alarm.name)));

messenger.tabs.onRemoved.addListener(async (id) => {
  const mail = await held.get(id);
  if (mail && !mail.agreed && !mail.ended) {
    await end(id, `Its window was closed. ${whereabouts(mail)}`);
  }
});

messenger.runtime.onStartup.addListener(async () => {
  for (const [id, mail] of await held.all()) {
    await held.drop(id);
    const left = `left ${id}`; // tabs are numbered anew
    await held.put(left, { ...mail, ended: mail.ended || `Thunderbird was closed meanwhile. ${whereabouts(mail)}` });
    await show(left);
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

async function hold(id, details, verdict) {
  await held.put(id, {
    subject: details.subject,
    why: verdict.why,
    due: Date.now() + verdict.seconds * 1000,
    mark: await markOf(details),
    agreed: false,
    saved: false,
    ended: "",
  });
  await wake(id);
}

async function ask(id, { saved }) {
  try {
    await (saved || keep(id));
  } finally {
    await show(id);
  }
}

// It does not go by itself any more; the person is told why.
async function end(id, why) {
  await messenger.alarms.clear(String(id));
  await held.change(id, { ended: why });
  await show(id);
}

// A draft: what waits outlasts a crash. Thunderbird removes it once the mail is sent.
async function keep(id) {
  await messenger.compose.saveMessage(id, { mode: "draft" });
  await held.change(id, { saved: true });
}

function whereabouts({ agreed, saved }) {
  if (agreed) {
    return "It was just being sent: look whether it lies in Sent or in Drafts.";
  }
  return saved ? "It was not sent, and lies in Drafts." : "It was not sent, and could not be saved among the drafts.";
}

async function release(id) {
  const mail = await held.get(id);
  if (!mail || mail.ended) {
    return;
  }
  const details = await messenger.compose.getComposeDetails(id);
  if (mail.mark !== (await markOf(details))) {
    await end(id, "You changed it while it waited, so it was not sent. Send it once it is ready.");
  } else {
    await send(id);
  }
}

async function send(id) {
  await messenger.alarms.clear(String(id));
  await held.change(id, { agreed: true });
  try {
    await messenger.compose.sendMessage(id, { mode: "default" }); // offline: into the outbox
  } catch (error) {
    console.warn(error); // `onAfterSend` is told, too, and tells the person
  }
}

async function edit(id) {
  await messenger.alarms.clear(String(id));
  const window = await asking(id);
  if (window) {
    await messenger.windows.remove(window); // first: its end gives the attention to whatever comes next
  }
  await held.drop(id);
  const { windowId } = await messenger.tabs.get(id);
  await messenger.windows.update(windowId, { focused: true });
}

async function later(id, minutes) {
  await held.change(id, { due: Date.now() + minutes * 60_000 });
  await wake(id);
}

async function wake(id) {
  const { due } = await held.get(id);
  await messenger.alarms.create(String(id), { when: due });
}

async function show(id) {
  const window = await asking(id);
  if (window) {
    await messenger.windows.update(window, { focused: true });
  } else {
    await messenger.windows.create({ type: "popup", url: pageOf(id), width: 520, height: 270 });
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
