"""The browser edition: the book to read, and every lesson live, without an installation.

`python3 tools/course.py site` runs this in an environment of its own. The site is a folder of
files, for any server:

    index.html, 01_logistic_regression.html ...   the book: the stored notebooks, as pages
    live/0.1.0/                                   JupyterLite and Pyodide, the notebooks not run yet
    live/01_logistic_regression.html              leads to the newest live lesson: a link to hand on

The panels of a page of the book move there, too: a button starts the Pyodide of live/VERSION.

What a visitor writes stays in her browser, under the address of live/VERSION. A new version is a
new address, so she gets its lessons; other versions that lie in the folder are left where they are,
and her work with them.

Pyodide, Python for the browser, comes from where DLCOURSE_PYODIDE says: a folder that holds
pyodide-lock.json, or an archive of one (.zip, .whl, .tar.*). Else the files that the course needs,
some 30 MB, are fetched from the pinned release, once.
"""

import contextlib
import functools
import gzip
import hashlib
import html
import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import tomllib
import urllib.error
import urllib.request
import webbrowser
import zipfile

import course

HOME = course.HOME
PARTS = HOME / "tools/site"
CACHE = HOME / ".venv-site/pyodide"
RELEASE = "https://cdn.jsdelivr.net/pyodide/v314.0.6/full/"  # what jupyterlite-pyodide-kernel wants
LOCK = "pyodide-lock.json"
RUNTIME = ("pyodide.mjs", "pyodide.js", "pyodide.asm.wasm", "python_stdlib.zip")
MACHINE = ("pyodide.asm.mjs", "pyodide.asm.js")  # one of them: the name depends on the version
FRONT = {"jupyterlab-widgets", "widgetsnbextension"}  # JavaScript that JupyterLite has already
KERNEL = "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension/static/pypi"


def version():
    """The version of the course, as pyproject.toml says it."""
    project = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["version"]


def lessons():
    """The notebooks, in their order."""
    return sorted((HOME / "notebooks").glob("[0-9]*.ipynb"))


class Files:
    """A folder with the files of Pyodide."""

    def __init__(self, folder):
        self.folder, self.where = folder, str(folder)

    def has(self, name):
        return (self.folder / name).exists()

    def copy(self, name, target):
        """Copy a file; SystemExit where it is not there."""
        if not self.has(name):
            sys.exit(f"The Pyodide in {self.where} has no {name}. {HOW}")
        shutil.copy(self.folder / name, target)


class Release(Files):
    """The pinned release of Pyodide: a file is fetched when it is first asked for, and kept."""

    def __init__(self, url, cache):
        super().__init__(cache / url.rstrip("/").replace("://", "/").replace("/", "-"))
        self.url, self.where = url, url
        self.folder.mkdir(parents=True, exist_ok=True)

    def has(self, name):
        """Is there such a file? If so, it is here now."""
        kept = self.folder / name
        if kept.exists():
            return True
        try:
            with urllib.request.urlopen(self.url + name, timeout=60) as answer:
                content = answer.read()
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return False
            sys.exit(f"Pyodide cannot be had from {self.url}{name}: {error}. {HOW}")
        except OSError as error:
            sys.exit(f"Pyodide cannot be had from {self.url}{name}: {error}. {HOW}")
        part = kept.with_name(f".{name}.part")
        part.write_bytes(content)
        os.replace(part, kept)
        return True


HOW = (
    "Set DLCOURSE_PYODIDE to a folder with pyodide-lock.json and the packages that it names, "
    "numpy, matplotlib and ipython among them, or to an archive of such a folder (.zip, .whl, "
    ".tar.*): Pyodide's full distribution is one."
)


def pyodide(work):
    """Files of Pyodide: of the folder or archive that DLCOURSE_PYODIDE names, else of RELEASE."""
    named = os.environ.get("DLCOURSE_PYODIDE")
    if not named:
        return Release(RELEASE, CACHE)
    path = pathlib.Path(named)
    if path.is_file():
        try:
            opened = zipfile.ZipFile(path) if zipfile.is_zipfile(path) else tarfile.open(path)
            with opened as archive:
                safe = {} if isinstance(archive, zipfile.ZipFile) else {"filter": "data"}
                archive.extractall(work / "unpacked", **safe)
        except (OSError, tarfile.TarError, zipfile.BadZipFile) as error:
            sys.exit(f"DLCOURSE_PYODIDE={named} is no archive that can be read: {error}. {HOW}")
        path = work / "unpacked"
    found = min(path.rglob(LOCK), key=lambda lock: len(lock.parts), default=None)
    if found is None:
        sys.exit(f"There is no {LOCK} in DLCOURSE_PYODIDE={named}. {HOW}")
    return Files(found.parent)


def wheels(work):
    """{name: wheel}: the course's own, those of tools/site/browser.txt and those of the kernel."""
    folder, source = work / "wheels", work / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(HOME / name, source)
    # a copy: what an older build left beside the package would come along
    shutil.copytree(
        HOME / "dlcourse", source / "dlcourse", ignore=shutil.ignore_patterns("__pycache__")
    )
    make_kernel(source / "dlcourse/files/kernel.so")
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
    course.run(*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", str(folder), str(source))
    any_python = ("--only-binary=:all:", "--python-version=3.14", "--no-deps")
    names = ("-r", str(PARTS / "browser.txt"))
    course.run(*pip, "download", *any_python, "-d", str(folder), *names)
    found = [*folder.glob("*.whl"), *pathlib.Path(sys.prefix, KERNEL).glob("*.whl")]
    return {_name(wheel.name.split("-")[0]): wheel for wheel in found}


def make_kernel(target):
    """Compile kernel.cpp for the browser; without a compiler, NumPy does its work there."""
    if not (shutil.which("clang") and shutil.which("wasm-ld")):
        print("No clang and wasm-ld here (Debian: apt-get install clang lld): without the kernel")
        print("that they make, a long training takes up to four times as long in the browser")
        return
    part = target.with_suffix(".o")
    clang = "clang --target=wasm32-unknown-emscripten -msimd128 -O3 -fPIC -fvisibility=hidden"
    alone = "-ffreestanding -nostdlib -fno-exceptions -c"
    link = "wasm-ld -shared --experimental-pic --no-entry --allow-undefined --strip-all"
    source = str(PARTS / "kernel.cpp")
    course.run(*clang.split(), *alone.split(), source, "-o", str(part))
    course.run(*link.split(), str(part), "-o", str(target))
    part.unlink()


def _name(text):
    return re.sub(r"[-_.]+", "-", text).lower()


def entry(wheel):
    """What a lock file of Pyodide says of a wheel; it needs what its metadata asks for."""
    from packaging.requirements import Requirement

    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        about = next(name for name in names if name.endswith(".dist-info/METADATA"))
        text = archive.read(about).decode()
    asked = [Requirement(line) for line in re.findall(r"^Requires-Dist: (.*)$", text, re.MULTILINE)]
    here = {"extra": "", "sys_platform": "emscripten", "python_version": "3.14"}
    needed = [_name(r.name) for r in asked if not r.marker or r.marker.evaluate(here)]
    modules = {name.split("/")[0] for name in names if name.count("/") == 1}
    return {
        "name": _name(wheel.name.split("-")[0]),
        "version": wheel.name.split("-")[1],
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": sorted(name for name in modules if "." not in name),
        "depends": sorted(set(needed) - FRONT),
        "unvendored_tests": False,
    }


def needed(packages, first):
    """The packages of a lock that these need, and they themselves; SystemExit for what it lacks."""
    keys, todo, found = {_name(key): key for key in packages}, list(first), {}
    while todo:
        name = _name(todo.pop())
        if name not in keys:
            sys.exit(f"This Pyodide has no package {name}. {HOW}")
        if keys[name] not in found:
            found[keys[name]] = packages[keys[name]]
            todo += packages[keys[name]]["depends"]
    return found


def make_pyodide(files, own, target):
    """A Pyodide in `target` that knows the course: `import dlcourse` loads it, and what it needs.

    One lock file names all that a kernel starts with, so that nothing is looked for elsewhere, and
    no notebook has to install anything.
    """
    target.mkdir(parents=True)
    files.copy(LOCK, target)
    lock = json.loads((target / LOCK).read_text(encoding="utf-8"))
    lock["packages"].update({name: entry(wheel) for name, wheel in own.items()})
    start = json.loads((PARTS / "jupyter-lite.json").read_text(encoding="utf-8"))
    settings = start["jupyter-config-data"]["litePluginSettings"]
    (kernel,) = settings.values()
    first = kernel["loadPyodideOptions"]["packages"]
    lock["packages"] = needed(lock["packages"], first)
    for name in RUNTIME:
        files.copy(name, target)
    files.copy(next(filter(files.has, MACHINE), MACHINE[0]), target)
    for name, package in lock["packages"].items():
        path = target / package["file_name"]
        if _name(name) in own:
            shutil.copy(own[_name(name)], path)
        else:
            files.copy(package["file_name"], path)
        if hashlib.sha256(path.read_bytes()).hexdigest() != package["sha256"]:
            sys.exit(f"{path.name} of the Pyodide in {files.where} is not what its lock says")
    (target / LOCK).write_text(json.dumps(lock), encoding="utf-8")


def make_live(work, out):
    """JupyterLite with the notebooks, without outputs, in the folder live/VERSION of `out`."""
    lite = work / "lite"
    (lite / "contents").mkdir(parents=True)
    for name in ("jupyter-lite.json", "jupyter_lite_config.json", "settings.json"):
        shutil.copy(PARTS / name, lite)
    make_pyodide(pyodide(work), wheels(work), lite / "static/pyodide")
    for path in lessons():
        text = _beside(course.without_outputs(path.read_text(encoding="utf-8")))
        (lite / "contents" / path.name).write_text(text, encoding="utf-8")
    shutil.copy(HOME / "notebooks/GLOSSARY.md", lite / "contents")
    command = ("-m", "jupyterlite_core", "build", "--lite-dir", str(lite))
    place = out / "live" / version()
    said = subprocess.run(
        [sys.executable, *command, "--output-dir", str(place)],
        cwd=lite,
        capture_output=True,
        text=True,
    )
    if said.returncode:
        sys.exit(f"JupyterLite was not built:\n{said.stdout}{said.stderr}")


def _beside(text):
    """The notebook's text in a folder where the glossary lies beside it."""
    return text.replace("](../notebooks/", "](")


def live(name):
    """The address of a live lesson, from the site's first page."""
    return f"live/{version()}/notebooks/index.html?path={name}.ipynb"


def make_doors(out):
    """A page for each lesson, live/LESSON.html, that leads to the newest version of it."""
    page = (PARTS / "door.html").read_text(encoding="utf-8")
    versions = sorted(path.name for path in (out / "live").iterdir() if path.is_dir())
    links = "".join(
        f'<li><a href="{name}/tree/index.html">{name}</a>'
        f"{' (the newest)' if name == version() else ''}</li>"
        for name in versions
    )
    for path in lessons():
        to = html.escape(live(path.stem).removeprefix("live/"))
        title = html.escape(title_of(path))
        door = page.replace("{title}", title).replace("{to}", to).replace("{versions}", links)
        (out / "live" / f"{path.stem}.html").write_text(door, encoding="utf-8")


def title_of(path):
    """The first heading of a notebook."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    text = "".join(cells[0]["source"])
    return re.search(r"^# (.*)$", text, re.MULTILINE)[1]


def make_book(work, out):
    """The book, by Sphinx, from the stored notebooks, the glossary and README's first pages."""
    source, extra = work / "book", work / "extra"
    source.mkdir()
    shutil.copytree(HOME / "notebooks/pictures", extra / "pictures")
    shutil.copy(PARTS / "conf.py", source)
    (source / "_static").mkdir()
    for name in ("book.css", "live.js", "worker.js", "panels.py"):
        shutil.copy(PARTS / name, source / "_static")
    mathjax = next((work / "wheels").glob("django_static_mathjax-*.whl"))
    with zipfile.ZipFile(mathjax) as archive:
        script = archive.read("mathjax/static/mathjax/es5/tex-svg.js")
    (source / "_static/mathjax.js").write_bytes(script)
    for path in lessons():
        notebook = json.loads(_beside(path.read_text(encoding="utf-8")))
        for cell in notebook["cells"]:
            if "dlcourse" in cell["metadata"]:
                cell["metadata"]["dlcourse"]["id"] = cell["id"]  # Sphinx does not pass it on
        notebook["cells"].insert(1, way_in(path.stem))
        (source / path.name).write_text(json.dumps(notebook), encoding="utf-8")
    text = (HOME / "notebooks/GLOSSARY.md").read_text(encoding="utf-8")
    (source / "GLOSSARY.md").write_text(text, encoding="utf-8")
    (source / "index.md").write_text(index(), encoding="utf-8")
    command = ("-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html")
    place = ("-d", str(work / "doctrees"), "-D", f"release={version()}", str(source), str(out))
    size = megabytes(work / "lite/static/pyodide")
    more = {"DLCOURSE_EXTRA": str(extra), "DLCOURSE_MEGABYTES": str(size)}
    course.run(sys.executable, *command, *place, **more)


def megabytes(folder):
    """How much a page loads to move its panels, compressed as most servers do it."""
    packages = json.loads((folder / LOCK).read_text(encoding="utf-8"))["packages"]
    names = {package["file_name"] for package in needed(packages, ["dlcourse"]).values()}
    names |= {LOCK, *RUNTIME, *MACHINE} - {"pyodide.js"}
    files = [folder / name for name in names if (folder / name).exists()]
    return round(sum(len(gzip.compress(file.read_bytes())) for file in files) / 1e6)


def way_in(name):
    """A cell for the page of a lesson: where it runs, and the link for a course's own page."""
    here = f'<a href="{html.escape(live(name))}">Run this lesson in your browser</a>'
    link = f'<a href="live/{name}.html">this link</a>'
    text = (
        f'<p class="way-in">{here}: nothing to install, Python starts in the page. '
        f"For the page of your class, {link} always leads to the newest version.</p>"
    )
    return {"cell_type": "markdown", "id": f"way-in-{name[:2]}", "metadata": {}, "source": [text]}


def index():
    """The first page: what README says at the start, how to use the book, and the lessons."""
    readme = (HOME / "README.md").read_text(encoding="utf-8")
    head, _, rest = readme.partition("\n## Begin\n")
    _, _, rest = rest.partition("\n## The lessons\n")
    body, _, _ = rest.partition("\n## How fast is it?\n")
    middle = (PARTS / "ways.md").read_text(encoding="utf-8")
    names = "\n".join(path.stem for path in lessons())
    tree = f"```{{toctree}}\n:hidden:\n:maxdepth: 1\n:caption: Lessons\n{names}\n```\n"
    tree += "\n```{toctree}\n:hidden:\n:maxdepth: 1\n:caption: Words\nGLOSSARY\n```\n"
    text = f"{head}\n\n{middle}\n\n## The lessons\n{body}\n\n{tree}"
    return text.replace("](notebooks/", "](").replace('="notebooks/', '="')


def build(out):
    """The whole site in the folder `out`, or nothing new; other versions in its live/ stay."""
    there = [path.name for path in out.iterdir()] if out.exists() else []
    if there and "live" not in there:
        sys.exit(f"{out} holds something else than a site: name an empty folder, or none")
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        new = work / "site"
        print("Building the live lessons", flush=True)
        make_live(work, new)
        print("Building the book", flush=True)
        make_book(work, new)
        shutil.copy(new / "live" / version() / "lab/favicon.ico", new)
        (new / ".nojekyll").touch()  # GitHub Pages leaves out folders that begin with _ otherwise
        for name in (".buildinfo", "objects.inv"):
            (new / name).unlink(missing_ok=True)
        _lay(new, out)
    make_doors(out)


def _lay(new, out):
    """What is new in the place of what was there, other versions of the live lessons aside."""
    (out / "live").mkdir(parents=True, exist_ok=True)
    old = [path for path in out.iterdir() if path.name != "live"]
    for path in (*old, *(out / "live").glob("*.html"), out / "live" / version()):
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for path in (*new.iterdir(), new / "live" / version()):
        if path.name != "live":
            shutil.move(path, out / path.relative_to(new))


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files with the kinds that a browser insists on."""

    protocol_version = "HTTP/1.1"
    extensions_map = {
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
        ".whl": "application/octet-stream",
    }

    def log_message(self, form, *args):
        """Nothing: a lesson asks for two hundred files."""


class Server(http.server.ThreadingHTTPServer):
    """A server that a browser may leave in the middle of a file."""

    def handle_error(self, request, address):
        """Say what went wrong, unless the browser went away."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, address)


@contextlib.contextmanager
def served(folder):
    """The address of a server of this folder, on this machine alone; ends with its `with`."""
    handler = functools.partial(Handler, directory=str(folder))
    with Server(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def main(arguments):
    out = pathlib.Path(arguments[0] if arguments else HOME / "_site").resolve()
    build(out)
    print(f"The site is in {out}")
    if os.environ.get("CI"):
        return
    with served(out) as address:
        print(f"It is shown at {address} until you press Ctrl+C", flush=True)
        webbrowser.open(address)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1:])
