"""A run's report: one list of blocks, written as Markdown with its plots beside it, and as one page of HTML."""

from html import escape

from charts import Chart

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #26303a; max-width: 900px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: .2rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .6rem; }
.verdict { font-weight: 600; padding: .5rem .8rem; border-radius: 6px; }
.good { background: #e5f5ec; color: #12613a; } .bad { background: #fdeaea; color: #96201c; }
.tiles { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1rem 0; }
.tile { border: 1px solid #dfe4e8; border-radius: 6px; padding: .5rem .8rem; min-width: 7.4rem; }
.tile b { display: block; font-size: 1.2rem; } .tile span { color: #66717c; font-size: .85rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #e6eaee; vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
svg { width: 100%; height: auto; border: 1px solid #e6eaee; border-radius: 6px; margin-bottom: .7rem; }
code { background: #f1f3f5; padding: .1rem .3rem; border-radius: 3px; overflow-wrap: anywhere; }
"""
VERDICTS = {True: "passed", False: "FAILED", None: "not judged"}


class Report:
    def __init__(self, title, passed):
        self.title = title
        self.passed = passed
        self.blocks = []

    def heading(self, text):
        self.blocks.append(("heading", text))

    def paragraph(self, text):
        self.blocks.append(("paragraph", text))

    def code(self, text):
        self.blocks.append(("code", text))

    def tiles(self, tiles):
        """Pairs of a figure and what it is."""
        self.blocks.append(("tiles", tiles))

    def table(self, header, rows):
        self.blocks.append(("table", (header, rows)))

    def chart(self, chart: Chart):
        self.blocks.append(("chart", chart))

    def checks(self, checks):
        self.table(
            ["", "what was checked", "found"], [[VERDICTS[check.passed], check.title, check.detail] for check in checks]
        )

    def write(self, folder):
        """Writes report.md with its plots, and report.html, which stands alone."""
        for kind, content in self.blocks:
            if kind == "chart":
                (folder / f"{content.name}.svg").write_text(content.svg())
        (folder / "report.md").write_text(self.markdown())
        (folder / "report.html").write_text(self.html())

    @property
    def verdict(self):
        return "Every check passed." if self.passed else "A check failed."

    def markdown(self):
        parts = [f"# {self.title}", f"**{self.verdict}**"]
        for kind, content in self.blocks:
            parts.append(getattr(self, f"markdown_{kind}")(content))
        return "\n\n".join(parts) + "\n"

    def markdown_heading(self, text):
        return f"## {text}"

    def markdown_paragraph(self, text):
        return text

    def markdown_code(self, text):
        return f"```\n{text}\n```"

    def markdown_tiles(self, tiles):
        return self.markdown_table((["", ""], [[what, figure] for figure, what in tiles]))

    def markdown_table(self, content):
        header, rows = content
        lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
        lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
        return "\n".join(lines)

    def markdown_chart(self, chart):
        return f"![{chart.title}]({chart.name}.svg)"

    def html(self):
        verdict = f"<p class='verdict {'good' if self.passed else 'bad'}'>{self.verdict}</p>"
        parts = [f"<h1>{escape(self.title)}</h1>", verdict]
        for kind, content in self.blocks:
            parts.append(getattr(self, f"html_{kind}")(content))
        return (
            "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>"
            f"<meta name='viewport' content='width=device-width'><title>{escape(self.title)}</title>"
            f"<style>{STYLE}</style></head><body>\n" + "\n".join(parts) + "\n</body></html>\n"
        )

    def html_heading(self, text):
        return f"<h2>{escape(text)}</h2>"

    def html_paragraph(self, text):
        return f"<p>{escape(text)}</p>"

    def html_code(self, text):
        return f"<p><code>{escape(text)}</code></p>"

    def html_tiles(self, tiles):
        inner = "".join(
            f"<div class='tile'><b>{escape(figure)}</b><span>{escape(what)}</span></div>" for figure, what in tiles
        )
        return f"<div class='tiles'>{inner}</div>"

    def html_table(self, content):
        header, rows = content
        numeric = [all(is_number(row[column]) for row in rows) for column in range(len(header))]
        kinds = [" class='number'" if number else "" for number in numeric]
        head = "".join(f"<th{kind}>{escape(cell)}</th>" for kind, cell in zip(kinds, header))
        body = "\n".join(
            "<tr>" + "".join(f"<td{kind}>{escape(cell)}</td>" for kind, cell in zip(kinds, row)) + "</tr>"
            for row in rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>"

    def html_chart(self, chart):
        return chart.svg()


def is_number(cell):
    return cell == "–" or cell.replace(",", "").replace(".", "").removeprefix("−").isdigit()
