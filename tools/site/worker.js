// Python for the panels of one page: Pyodide, and the cells of the lesson that a panel needs.

let started = null;
const shown = new Map();

const text = async address => {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${address} cannot be had: ${answer.status}`);
    return answer.text();
};

async function start({live, lesson}) {
    const folder = new URL("static/pyodide/", live).href;
    const {loadPyodide} = await import(`${folder}pyodide.mjs`);
    const [python, script, notebook] = await Promise.all([
        loadPyodide({indexURL: folder, packages: ["dlcourse"]}),
        text(new URL("panels.py", self.location)),
        text(new URL(`files/${lesson}.ipynb`, live)),
    ]);
    python.FS.writeFile("panels.py", script);
    return python.pyimport("panels").lesson(notebook);
}

// what the page shows of a panel
function state(panel) {
    const bytes = panel.png, png = bytes.toJs();
    bytes.destroy();
    return {png, ...JSON.parse(panel.state())};
}

async function make(data, tell) {
    tell({stage: "python"});
    const lesson = await (started ??= start(data));
    const cells = lesson.missing(data.panel), names = cells.toJs();
    cells.destroy();
    for (const [place, name] of names.entries()) {
        tell({stage: "cells", place, of: names.length + 1});
        lesson.run(name)?.destroy?.();
    }
    tell({stage: "cells", place: names.length, of: names.length + 1});
    shown.get(data.panel)?.destroy();
    shown.set(data.panel, lesson.panel(data.panel));
    const panel = shown.get(data.panel);
    return {about: JSON.parse(panel.about()), ...state(panel)};
}

function move({panel, moves}) {
    shown.get(panel).move(JSON.stringify(moves));
    return state(shown.get(panel));
}

self.onmessage = async ({data}) => {
    const tell = said => self.postMessage({call: data.call, ...said});
    try {
        tell({answer: data.moves ? move(data) : await make(data, tell)});
    } catch (error) {
        tell({failed: String(error.message ?? error).trim().split("\n").at(-1)});
    }
};
