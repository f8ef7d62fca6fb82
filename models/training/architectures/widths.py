def channels(count, width, step=4):
    """`count` channels times `width`, as a multiple of `step`, at least one; `count` itself at width 1."""
    return count if width == 1 else max(step, round(count * width / step) * step)
