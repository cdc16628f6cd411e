"""How Sphinx makes the book. tools/build_site.py calls it."""

import os

from docutils import nodes
from myst_nb.core import render

project, author, html_title = "dlcourse", "The dlcourse authors", "dlcourse"
copyright = "The dlcourse authors. Text and figures: CC BY 4.0"
extensions = ["myst_nb"]
nb_execution_mode = "off"
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3
html_theme = "sphinx_book_theme"
html_static_path = ["_static"]
html_css_files = ["book.css"]
html_extra_path = [os.environ["DLCOURSE_EXTRA"]]
mathjax_path = "mathjax.js"
html_theme_options = {"use_download_button": True}
html_context = {"default_mode": "auto"}  # light or dark as the system is

_image = render.NbElementRenderer.render_image


def _image_with_words(self, data):
    """The picture with the alt text that the notebook keeps for it.

    MyST-NB writes the name of a file in its place. The picture of a panel that can be moved in the
    page is in a box with the name of its cell, for live.js.
    """
    (image,) = _image(self, data)
    image["alt"] = data.output_metadata[data.mime_type]["alt"]
    about = data.cell_metadata.get("dlcourse")
    if not about:
        return [image]
    return [nodes.container("", image, classes=["dlcourse-panel"], ids=[f"panel-{about['id']}"])]


render.NbElementRenderer.render_image = _image_with_words


def _live(app, page, template, context, doctree):
    """In the head of a lesson's page, a button to the live lesson; what moves its panels."""
    if page[:2].isdigit():
        place, size = f"../live/{app.config.release}/", os.environ["DLCOURSE_MEGABYTES"]
        app.add_js_file("live.js", **{"data-live": place, "data-megabytes": size})
        context["header_buttons"].insert(
            0,
            {
                "type": "link",
                "url": f"live/{app.config.release}/notebooks/index.html?path={page}.ipynb",
                "icon": "fas fa-play",
                "text": "Run live",
                "tooltip": "Run this lesson in your browser",
            },
        )


def setup(app):
    app.connect("html-page-context", _live, priority=900)
