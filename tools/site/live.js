// The panels of a lesson, moved in the book's page: native controls here, Python in a worker.
"use strict";
{
const script = document.currentScript;
const live = new URL(script.dataset.live, script.src).href;
const lesson = decodeURIComponent(location.pathname).split("/").at(-1).replace(/\.html$/, "");

// One worker for the page. What is asked of it is a promise of its answer.
let worker = null;
let calls = 0;
const waiting = new Map();

function ask(what, told = () => {}) {
    if (!worker) {
        worker = new Worker(new URL("worker.js", script.src), {type: "module"});
        worker.onmessage = ({data}) => {
            const asked = waiting.get(data.call);
            if (data.answer) {
                waiting.delete(data.call);
                asked.done(data.answer);
            } else if (data.failed) end(data.failed);
            else asked.told(data);
        };
        worker.onerror = event => end(event.message || "its files cannot be had");
    }
    return new Promise((done, failed) => {
        waiting.set(++calls, {done, failed, told});
        worker.postMessage({...what, live, lesson, call: calls});
    });
}

// After an error nobody knows what Python still holds: the next panel starts a new one.
function end(reason) {
    worker?.terminate();
    worker = null;
    for (const asked of waiting.values()) asked.failed(new Error(reason));
    waiting.clear();
    for (const panel of panels) panel.stop(reason);
}

function element(kind, properties = {}, ...children) {
    const made = Object.assign(document.createElement(kind), properties);
    made.append(...children);
    return made;
}

function button(text, press) {
    return element("button", {type: "button", textContent: text, onclick: press});
}

// What a control looks like: {box, show(place), focus}; `set(place)` is called when it is moved.
let names = 0;

function sliderOf(about, set, label = about.label) {
    const id = `panel-control-${++names}`;
    const input = element("input", {type: "range", id, min: 0, max: about.texts.length - 1});
    const value = element("output", {htmlFor: id});
    const show = place => {
        input.value = place;
        value.textContent = about.texts[place];
        input.setAttribute("aria-valuetext", about.texts[place]);
    };
    input.oninput = () => {
        show(input.valueAsNumber);
        set(input.valueAsNumber);
    };
    return {parts: [element("label", {htmlFor: id, textContent: label}), input, value], show, input};
}

const CONTROLS = {
    slider(about, set) {
        const {parts, show} = sliderOf(about, set);
        const marks = Object.entries(about.marks).map(([text, place]) => {
            const mark = button(text, () => { show(place); set(place); });
            mark.setAttribute("aria-label", `${about.label}: ${text}`);
            return mark;
        });
        return {box: element("div", {}, ...parts, ...marks), show};
    },
    player(about, set, settled) {
        const last = about.texts.length - 1;
        const slider = sliderOf(about, place => { pause(); at = place; set(place); });
        let at = 0, playing = 0;
        const show = place => { at = place; slider.show(place); };
        const go = place => {
            show(Math.min(Math.max(place, 0), last));
            set(at);
        };
        const pause = () => {
            playing++;
            play.textContent = "play";
        };
        const play = button("play", async () => {
            if (play.textContent === "pause") return pause();
            play.textContent = "pause";
            const mine = ++playing;
            if (at === last) go(0);
            while (mine === playing && at < last) {
                await Promise.all([settled(), new Promise(wait => setTimeout(wait, about.interval))]);
                if (mine === playing) go(at + 1);
            }
            if (mine === playing) pause();
        });
        const step = (text, words, by) => {
            const made = button(text, () => { pause(); go(at + by); });
            made.setAttribute("aria-label", words);
            return made;
        };
        const buttons = [play, step("◀", "step back", -1), step("▶", "step on", 1)];
        return {box: element("div", {}, ...slider.parts, ...buttons), show, pause};
    },
    again(about, set) {
        const value = element("output");
        let at = 0;
        const show = place => { at = place; value.textContent = about.texts[place]; };
        const next = button(about.label, () => { show((at + 1) % about.texts.length); set(at); });
        return {box: element("div", {}, next, value), show};
    },
    box(about, set) {
        const input = element("input", {type: "checkbox", onchange: () => set(+input.checked)});
        const box = element("div", {}, element("label", {}, input, ` ${about.label}`));
        return {box, show: place => { input.checked = Boolean(place); }};
    },
    list(about, set) {
        const options = about.texts.map(text => element("option", {textContent: text}));
        const input = element("select", {onchange: () => set(input.selectedIndex)}, ...options);
        const box = element("div", {}, element("label", {}, `${about.label} `, input));
        return {box, show: place => { input.selectedIndex = place; }};
    },
    buttons(about, set) {
        const name = `panel-control-${++names}`;
        const inputs = about.texts.map((_, place) =>
            element("input", {type: "radio", name, onchange: () => set(place)}));
        const labels = about.texts.map((text, place) =>
            element("label", {}, inputs[place], element("span", {textContent: text})));
        const legend = element("legend", {textContent: about.label});
        const box = element("fieldset", {}, legend, ...labels);
        return {box, show: place => { inputs[place].checked = true; }};
    },
};

class Panel {
    constructor(place) {
        this.id = place.id.replace(/^panel-/, "");
        this.image = place.querySelector("img");
        this.words = this.image.alt;
        this.status = element("p", {className: "panel-status"});
        this.status.setAttribute("role", "status");
        this.way = button("Make this move", () => this.start());
        this.way.className = "panel-start";
        this.box = element("div", {className: "panel-controls", hidden: true});
        this.box.setAttribute("role", "group");
        this.box.setAttribute("aria-label", "Controls of the picture above");
        place.append(this.way, this.box, this.status);
    }

    async start() {
        if (location.protocol === "file:") {
            this.say("A page that was opened as a file cannot start Python: it has to come from "
                + "a server. `python3 tools/course.py site` is one.");
            return;
        }
        const focused = document.activeElement === this.way;
        this.way.disabled = true;
        try {
            const made = await ask({panel: this.id}, told => this.progress(told));
            this.make(made);
            if (focused) this.box.querySelector("input, select, button").focus();
        } catch (error) {
            this.stop(error.message);
        }
    }

    progress({stage, place, of}) {
        this.say(stage === "python"
            ? `Python is starting: about ${script.dataset.megabytes} MB are loaded once, then `
                + "your browser keeps them …"
            : `Python runs what this picture needs: cell ${place + 1} of ${of} …`);
    }

    say(words, wrong = false) {
        this.status.textContent = words;
        this.status.classList.toggle("panel-wrong", wrong);
    }

    make({about, ...state}) {
        this.about = about;
        this.wanted = null;  // {control: place} not yet asked for; {} lets all start again
        this.settled = Promise.resolve();
        this.controls = Object.fromEntries(about.map(one => [one.name, CONTROLS[one.kind](
            one, place => this.want({[one.name]: place}), () => this.settled)]));
        const again = button("start again", () => { this.pause(); this.wanted = null; this.want({}); });
        this.box.replaceChildren(...Object.values(this.controls).map(one => one.box), again);
        this.start_of = Object.fromEntries(about.map(one => [one.name, state.controls[one.name].at]));
        this.way.hidden = true;
        this.box.hidden = false;
        this.show(state);
    }

    // One message is under way; of what is wanted meanwhile, the newest value of each control waits.
    want(moves) {
        this.wanted = {...this.wanted, ...moves};
        if (!this.busy) this.settled = this.send();
    }

    async send() {
        this.busy = true;
        try {
            while (this.wanted) {
                const moves = this.wanted;
                this.wanted = null;
                this.show(await ask({panel: this.id, moves}));
            }
        } catch {
            // stop() has said it
        } finally {
            this.busy = false;
        }
    }

    show({png, error, controls}) {
        const old = this.image.src;
        this.image.src = URL.createObjectURL(new Blob([png], {type: "image/png"}));
        if (old.startsWith("blob:")) URL.revokeObjectURL(old);
        for (const [name, {at, hidden}] of Object.entries(controls)) {
            if (!(name in (this.wanted ?? {}))) this.controls[name].show(at);
            this.controls[name].box.hidden = hidden;
        }
        this.image.alt = this.words_for(controls);
        this.say(error ?? "", Boolean(error));
    }

    // The stored words are about the values that the picture began with.
    words_for(controls) {
        if (this.about.every(({name}) => controls[name].at === this.start_of[name])) return this.words;
        const values = this.about.map(({name, label, texts}) => `${label} ${texts[controls[name].at]}`);
        return `The picture for ${values.join(", ")}. As it began: ${this.words}`;
    }

    pause() {
        for (const control of Object.values(this.controls ?? {})) control.pause?.();
    }

    stop(reason) {
        if (!this.way.disabled) return;  // it was not started
        this.pause();
        this.wanted = null;
        this.box.hidden = true;
        this.way.textContent = "Try again";
        this.way.hidden = this.way.disabled = false;
        this.say(`Python stopped, and this picture with it: ${reason}. Nothing is lost; try again.`, true);
    }
}

const panels = [];
const begin = () => {
    for (const place of document.querySelectorAll(".dlcourse-panel")) panels.push(new Panel(place));
};
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
else begin();
}
