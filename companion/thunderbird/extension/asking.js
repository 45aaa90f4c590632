// Asks the program whether a mail should wait. Nothing of a mail goes anywhere else.
"use strict";

const HOST = "companion.thunderbird";
const PATIENCE = 12_000; // milliseconds: the person has pressed Send and waits
const PICTURES = /\bdata:[^"'\s>]*/gi; // within an address: none of a mail's words, and most of its bytes

// What cannot be judged is not held: that is told at the buttons, and keeps no mail from going.
async function judged(details) {
  const verdict = await Promise.race([answered(details), silent()]);
  await tell(verdict.problem ?? "");
  return verdict;
}

async function answered(details) {
  try {
    return await messenger.runtime.sendNativeMessage(HOST, {
      subject: details.subject,
      plain: details.isPlainText,
      body: details.isPlainText ? details.plainTextBody : details.body.replace(PICTURES, ""),
      recipients: details.to.length + details.cc.length + details.bcc.length,
      reply: details.type === "reply",
    });
  } catch (error) {
    return { hold: false, problem: `Companion cannot be asked: ${error.message}` };
  }
}

async function silent() {
  await pause(PATIENCE);
  return { hold: false, problem: "Companion does not answer." };
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function tell(problem) {
  const usual = messenger.runtime.getManifest().action.default_title;
  for (const button of [messenger.action, messenger.composeAction]) {
    await button.setTitle({ title: problem ? `Mails are not held. ${problem}` : usual });
    await button.setBadgeText({ text: problem ? "!" : "" });
  }
}
