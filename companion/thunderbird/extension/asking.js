// Asks the program whether a mail should wait. Nothing of a mail goes anywhere else.
"use strict";

const HOST = "companion";

// What cannot be judged is not held: that is told at the button, and keeps no mail from going.
async function judged(details) {
  let verdict;
  try {
    verdict = await messenger.runtime.sendNativeMessage(HOST, {
      subject: details.subject,
      plain: details.isPlainText,
      body: details.isPlainText ? details.plainTextBody : details.body,
      recipients: details.to.length + details.cc.length + details.bcc.length,
      reply: details.type === "reply",
    });
  } catch (error) {
    verdict = { hold: false, problem: `Companion cannot be asked: ${error.message}` };
  }
  await tell(verdict.problem ?? "");
  return verdict;
}

async function tell(problem) {
  const usual = messenger.runtime.getManifest().action.default_title;
  await messenger.action.setTitle({ title: problem ? `Mails are not held. ${problem}` : usual });
  await messenger.action.setBadgeText({ text: problem ? "!" : "" });
}
