// Orders to the job, each asked about first. The token, where the service wants one, stays in this tab.
const WORDS = {
  pause: ["Pause the job?", "It stops between two steps and trains on when it is resumed. Nothing is lost."],
  resume: ["Resume the job?", "It goes on with the next record."],
  checkpoint: ["Make a checkpoint now?", "What was trained is committed at once."],
  "publish-masks": ["Publish the masks now?", "Subscribers get the present masks as the next snapshot."],
  export: ["Export the model now?", "The masks have to be final. The model is written, proven and announced."],
  stop: ["Stop the service?", "It commits what was trained, then the process ends. Started again, it goes on from there."],
};
const TOKEN = "finecomb-token";

export class Orders {
  constructor(buttons, dialog, answer) {
    this.buttons = [...buttons.querySelectorAll("button")];
    this.dialog = dialog;
    this.answer = answer;
    for (const button of this.buttons) {
      button.addEventListener("click", () => this.ask(button.dataset.verb, button.textContent));
    }
    dialog.querySelector("#confirm-no").addEventListener("click", () => dialog.close());
    dialog.querySelector("#confirm-yes").addEventListener("click", () => this.confirmed());
  }

  /** Offers what the state allows; the service has the last word. */
  follow(state) {
    const off = {
      pause: ["paused", "finalized", "failed"].includes(state),
      resume: state !== "paused",
      export: !["settling", "finalized"].includes(state),
    };
    for (const button of this.buttons) {
      button.disabled = off[button.dataset.verb] ?? state === "failed";
    }
  }

  ask(verb, label) {
    this.verb = verb;
    const [title, words] = WORDS[verb];
    this.dialog.querySelector("#confirm-title").textContent = title;
    this.dialog.querySelector("#confirm-words").textContent = words;
    this.dialog.querySelector("#confirm-yes").textContent = label;
    this.dialog.showModal();
  }

  confirmed() {
    const field = this.dialog.querySelector("#token");
    if (field.value) {
      sessionStorage.setItem(TOKEN, field.value);
      field.value = "";
    }
    this.dialog.close();
    this.give(this.verb);
  }

  async give(verb) {
    this.say(`${verb}: waiting for the job …`);
    const token = sessionStorage.getItem(TOKEN);
    try {
      const response = await fetch(`/job/${verb}`, {
        method: "POST",
        headers: token ? { Authorization: `Bearer ${token}` } : {},
      });
      const body = await response.json();
      if (response.status === 401) {
        sessionStorage.removeItem(TOKEN);
        this.dialog.querySelector("#token-row").hidden = false;
        this.say(`${verb}: the service wants its token`);
        this.ask(verb, verb);
        return;
      }
      this.say(response.ok
        ? `${verb}: ${body.outcome}${body.step === undefined ? "" : ` at step ${body.step}`}`
        : `${verb}: ${body.detail}`);
    } catch (failure) {
      this.say(`${verb}: no answer (${failure.message}). Whether it took effect is seen when the service is back.`);
    }
  }

  say(words) {
    this.answer.hidden = false;
    this.answer.textContent = words;
  }
}
