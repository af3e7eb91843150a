"""A letter in the form that a service wants, no longer than it takes; what is cut is seen to be cut."""

import html
import re
from collections.abc import Callable, Iterable

from .channels.kind import Markup
from .letter import Letter, Part

# What is left out first: lines of output, then incidents beyond the first.
_DEGREES = ((30, 100), (10, 100), (4, 100), (4, 5), (0, 5), (0, 3), (0, 1))


def written(letter: Letter, markup: Markup, longest: int) -> str:
    """The letter's text without its subject, at most ``longest`` characters."""
    write = _WRITERS[markup]
    text = ""
    for output_lines, parts in _DEGREES:
        text = write(_shortened(letter, output_lines, parts))
        if len(text) <= longest:
            return text
    return text[: longest - len(letter.cut) - 1].rstrip() + "\n" + letter.cut


def written_subject(letter: Letter, markup: Markup, longest: int) -> str:
    """The subject in one line."""
    subject = _ESCAPES[markup](letter.subject)
    return subject if len(subject) <= longest else subject[: longest - 1] + "…"


def written_html(letter: Letter, longest: int) -> str:
    """The letter as a mail's HTML body. Its output is shortened as the text is."""
    text = ""
    for output_lines, parts in _DEGREES:
        text = _html(_shortened(letter, output_lines, parts))
        if len(text) <= longest * 2:
            break
    return text


def _shortened(letter: Letter, output_lines: int, parts: int) -> Letter:
    kept = tuple(_with_output(part, output_lines, letter.cut) for part in letter.parts[:parts])
    unnamed = letter.unnamed + len(letter.parts) - len(kept)
    return Letter(
        **{
            **{name: getattr(letter, name) for name in letter.__struct_fields__},
            "parts": kept,
            "unnamed": unnamed,
        }
    )


def _with_output(part: Part, lines: int, cut: str) -> Part:
    """The end of the output is what tells."""
    output = part.output.rstrip("\n").splitlines()
    shown = [line if len(line) <= 300 else line[:300] + "…" for line in output[max(len(output) - lines, 0) :]]
    if len(output) > lines:
        shown.insert(0, cut)
    return Part(title=part.title, lines=part.lines, output="\n".join(shown), link=part.link)


def _text(
    letter: Letter, escape: Callable[[str], str], fence: Callable[[str], str], bold: Callable[[str], str]
) -> str:
    blocks = ["\n".join(escape(line) for line in letter.lead)]
    for part in letter.parts:
        lines = [bold(escape(part.title)), *(escape(line) for line in part.lines)]
        if part.output:
            lines += [escape(letter.output_label), fence(part.output)]
        if part.link:
            lines.append(part.link)
        blocks.append("\n".join(lines))
    if letter.unnamed:
        blocks.append(escape(letter.more.format(n=letter.unnamed)))
    links = [(letter.see, letter.link), (letter.acknowledge, letter.acknowledge_link)]
    blocks.append("\n".join(f"{escape(what)}: {where}" for what, where in links if where))
    return "\n\n".join(block for block in blocks if block)


def _plain(letter: Letter) -> str:
    return _text(letter, str, lambda output: _indented(output.splitlines()), str)


def _slack(letter: Letter) -> str:
    # Apprise escapes what Slack would take for a mention or a link.
    return _text(letter, str, lambda output: f"```\n{_unfenced(output)}\n```", _starred)


def _discord(letter: Letter) -> str:
    return _text(letter, _escape_discord, lambda output: f"```\n{_unfenced(_unmentioned(output))}\n```", _two_stars)


def _teams(letter: Letter) -> str:
    # An adaptive card breaks lines at empty lines alone, and knows no fences.
    text = _text(letter, _escape_teams, lambda output: _escape_teams(output), _two_stars)
    return "\n\n".join(line for line in text.splitlines() if line)


def _chatwork(letter: Letter) -> str:
    return _text(letter, _escape_chatwork, lambda output: f"[code]{_escape_chatwork(output)}[/code]", str)


def _html(letter: Letter) -> str:
    told = [f"<p>{'<br>'.join(html.escape(line) for line in letter.lead)}</p>"]
    for part in letter.parts:
        told.append(f'<h3 style="margin:1em 0 .3em">{html.escape(part.title)}</h3>')
        told.append(f"<p>{'<br>'.join(html.escape(line) for line in part.lines)}</p>" if part.lines else "")
        if part.output:
            told.append(f"<p>{html.escape(letter.output_label)}</p>")
            told.append(f'<pre style="padding:.6em;background:#f4f4f5;color:#18181b">{html.escape(part.output)}</pre>')
        if part.link:
            told.append(_anchor(part.link, letter.see))
    if letter.unnamed:
        told.append(f"<p>{html.escape(letter.more.format(n=letter.unnamed))}</p>")
    links = [(letter.see, letter.link), (letter.acknowledge, letter.acknowledge_link)]
    told += [_anchor(where, what) for what, where in links if where]
    return f"<div>{''.join(told)}</div>"


def _anchor(where: str, what: str) -> str:
    return f'<p><a href="{html.escape(where)}">{html.escape(what)}</a></p>'


def _indented(lines: Iterable[str]) -> str:
    return "\n".join(f"  {line}" for line in lines)


def _unfenced(text: str) -> str:
    return text.replace("```", "`\u200b``")


def _unmentioned(text: str) -> str:
    """A job's output calls nobody: not @everyone, nor one person."""
    return text.replace("@", "@\u200b").replace("<#", "<\u200b#").replace("<:", "<\u200b:")


def _starred(text: str) -> str:
    return f"*{text.replace('*', '∗')}*"


def _two_stars(text: str) -> str:
    return f"**{text}**"


def _escape_discord(text: str) -> str:
    return re.sub(r"([\\*_~`|>#\[\]])", r"\\\1", _unmentioned(text))


def _escape_teams(text: str) -> str:
    return re.sub(r"([\\*_`\[\]])", r"\\\1", text.replace("<", "<\u200b"))


def _escape_chatwork(text: str) -> str:
    return re.sub(r"\[(?=/?[A-Za-z])", "[\u200b", text)


_WRITERS: dict[Markup, Callable[[Letter], str]] = {
    "plain": _plain,
    "slack": _slack,
    "discord": _discord,
    "teams": _teams,
    "chatwork": _chatwork,
}
_ESCAPES: dict[Markup, Callable[[str], str]] = {
    "plain": str,
    "slack": str,
    "discord": _escape_discord,
    "teams": lambda text: text.replace("<", "<\u200b"),
    "chatwork": _escape_chatwork,
}
