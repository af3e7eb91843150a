"""A message in words, before it takes the form that a service wants."""

import msgspec


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One incident, or one list: a title, sentences, the end of what the job printed, and where to go."""

    title: str
    lines: tuple[str, ...] = ()
    output: str = ""
    link: str = ""


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """``lead`` comes first, then the parts, then ``rest`` (how many are not named), then the links.

    ``more`` words "and n more", ``cut`` "(cut here)", ``see`` and ``acknowledge`` what the links are for.
    """

    subject: str
    lead: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    unnamed: int = 0
    link: str = ""
    acknowledge_link: str = ""
    see: str = ""
    acknowledge: str = ""
    more: str = ""
    output_label: str = ""
    cut: str = ""
