"""Chart: how many times as long as Taut its best peers take, as bars in an SVG that reads on light and dark pages."""
from html import escape

WIDTH, LEFT, RIGHT, TOP, BAR, GAP, GROUP = 860, 285, 70, 64, 15, 3, 40
# Middle tones: they stand out from white and from black alike. Text is a grey that does too.
COLOURS = {"Taut": "#2f81f7", "PyTorch": "#e5632b", "ONNX Runtime": "#8a63d2", "ncnn": "#2da44e", "oneDNN": "#bf8700", "dlib": "#6e7781",
           "tiny-dnn": "#6e7781", "OpenBLAS": "#d4a72c", "BLIS": "#1b9aaa"}
TEXT = "#808891"


def colour(library):
    return next((shade for name, shade in COLOURS.items() if library.startswith(name)), TEXT)


def groups(rows):
    """[(title, [(label, library, times)])]: of each library its best, Taut first, then from the quickest on."""
    wanted = (("train", 64, "Training step, batch 64"), ("infer", 64, "Inference, batch 64"), ("infer", 1, "Inference, batch 1"))
    found = []
    for kind, batch, title in wanted:
        for threads in sorted({row["threads"] for row in rows}):
            here = [row for row in rows if (row["part"], row["argument"], row["threads"]) == (kind, batch, threads)]
            best = {}
            for row in here:
                if row["library"] not in best or row["over_taut"] < best[row["library"]]["over_taut"]:
                    best[row["library"]] = row
            bars = sorted(((row["peer"], row["library"], row["over_taut"]) for row in best.values()),
                          key=lambda bar: (bar[1] != "Taut", bar[2]))
            if len(bars) > 1:
                found.append((f"{title}, {threads} thread{'s' if threads > 1 else ''}", bars))
    return found


def svg(rows, caption):
    found = groups(rows)
    if not found:
        return None
    # What is slower than this is cut off and says so: the others would be slivers beside it.
    longest = min(6.0, max(bar[2] for _, bars in found for bar in bars))
    scale = (WIDTH - LEFT - RIGHT) / longest
    one = LEFT + scale
    body, y = [], TOP
    for title, bars in found:
        body.append(f'<text x="0" y="{y + 4}" class="title">{escape(title)}</text>')
        y += 12
        for label, library, times in bars:
            end = LEFT + scale * min(times, longest)
            pieces = [(LEFT, end)] if times <= longest else [(LEFT, end - 24), (end - 18, end - 12), (end - 6, end)]
            body.append(f'<text x="{LEFT - 8}" y="{y + BAR - 3}" text-anchor="end">{escape(label)}</text>')
            body += [f'<rect x="{left:.1f}" y="{y}" width="{right - left:.1f}" height="{BAR}" rx="2" fill="{colour(library)}"/>'
                     for left, right in pieces]
            body.append(f'<text x="{max(end, one) + 6:.1f}" y="{y + BAR - 3}" class="number">{times:.2f}</text>')
            y += BAR + GAP
        y += GROUP - BAR
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" height="{y}" role="img">',
        "<title>Time of Taut's peers over Taut's own</title>",
        f"<style>text{{font:12px system-ui,sans-serif;fill:{TEXT}}}.title{{font-weight:600;font-size:13px}}"
        ".number{font-variant-numeric:tabular-nums}.head{font-size:16px;font-weight:600}</style>",
        '<text x="0" y="18" class="head">Time for the same work, Taut = 1 (shorter is faster)</text>',
        f'<text x="0" y="38">{escape(caption)}</text>',
        f'<line x1="{one:.1f}" y1="{TOP - 6}" x2="{one:.1f}" y2="{y - GROUP + BAR}" stroke="{TEXT}" stroke-dasharray="2 4"/>',
        *body, "</svg>", ""])
