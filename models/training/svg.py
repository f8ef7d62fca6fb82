"""Small figures as SVG, as text: lines over axes, and a confusion matrix. No library is needed to draw them or to test them."""

from html import escape

# Distinguishable with every common colour vision deficiency (Okabe and Ito 2008).
COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]
LEFT, TOP, WIDTH, HEIGHT = 56, 34, 360, 240  # of the plot within a panel
PANEL = (LEFT + WIDTH + 20, TOP + HEIGHT + 52)


def text(x, y, words, anchor="middle", size=12, colour="#222", turn=None):
    rotate = f' transform="rotate({turn} {x:.1f} {y:.1f})"' if turn else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}"{rotate}>{escape(str(words))}</text>'


def panel(title, x_label, y_label, series, x_range, y_range, diagonal=False, key="bottom"):
    """The elements of one plot. `series`: (name, xs, ys) each. `key`: where the names stand at the right, "top" or "bottom"."""
    (x0, x1), (y0, y1) = x_range, y_range

    def at(x, y):
        return LEFT + (x - x0) / ((x1 - x0) or 1) * WIDTH, TOP + HEIGHT - (y - y0) / ((y1 - y0) or 1) * HEIGHT

    out = [text(LEFT + WIDTH / 2, TOP - 14, title, size=14), f'<rect x="{LEFT}" y="{TOP}" width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#888"/>',
           text(LEFT + WIDTH / 2, TOP + HEIGHT + 36, x_label), text(14, TOP + HEIGHT / 2, y_label, turn=-90)]
    for i in range(5):
        x, y = x0 + (x1 - x0) * i / 4, y0 + (y1 - y0) * i / 4
        out.append(text(at(x, y0)[0], TOP + HEIGHT + 16, f"{x:.4g}", size=10))
        out.append(text(LEFT - 6, at(x0, y)[1] + 4, f"{y:.3g}", "end", 10))
    if diagonal:
        (ax, ay), (bx, by) = at(x0, y0), at(x1, y1)
        out.append(f'<line x1="{ax:.1f}" y1="{ay:.1f}" x2="{bx:.1f}" y2="{by:.1f}" stroke="#aaa" stroke-dasharray="4 4"/>')
    for i, (name, xs, ys) in enumerate(series):
        colour = COLOURS[i % len(COLOURS)]
        points = [at(x, y) for x, y in zip(xs, ys)]
        out.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}"/>')
        if len(points) <= 40:
            out += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colour}"/>' for x, y in points]
        line = TOP + 20 + 16 * i if key == "top" else TOP + HEIGHT - 10 - 16 * (len(series) - 1 - i)
        out.append(text(LEFT + WIDTH - 8, line, name, "end", 12, colour))
    return out


def page(panels, note, width=PANEL[0], height=PANEL[1]):
    """An SVG document of panels side by side, with a line of text below."""
    body = "\n".join(f'<g transform="translate({i * width} 0)">' + "\n".join(elements) + "</g>" for i, elements in enumerate(panels))
    whole = width * len(panels)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {height + 20}" width="{whole}" height="{height + 20}" font-family="sans-serif">\n'
            f'<rect width="100%" height="100%" fill="#fff"/>\n{body}\n{text(8, height + 10, note, "start", 10, "#555")}\n</svg>\n')


def confusion(matrix, names):
    """The elements of a confusion matrix: rows are the truth; shaded by the share of the row."""
    cell, left, top = 72, 96, 60
    out = [text(left + cell * len(names) / 2, 20, "Called", size=13), text(16, top + cell * len(names) / 2, "Truth", size=13, turn=-90)]
    for r, row in enumerate(matrix):
        out += [text(left - 8, top + cell * (r + 0.5) + 4, names[r], "end"), text(left + cell * (r + 0.5), top - 10, names[r])]
        for c, count in enumerate(row):
            share = count / (sum(row) or 1)
            shade = f"rgb({255 - 255 * share:.0f},{255 - 141 * share:.0f},{255 - 77 * share:.0f})"
            out.append(f'<rect x="{left + cell * c}" y="{top + cell * r}" width="{cell}" height="{cell}" fill="{shade}" stroke="#fff"/>')
            out.append(text(left + cell * (c + 0.5), top + cell * (r + 0.5) + 5, count, size=15, colour="#fff" if share > 0.7 else "#222"))
    return out


def confusion_size(names):
    return 96 + 72 * len(names) + 20, 60 + 72 * len(names) + 10
