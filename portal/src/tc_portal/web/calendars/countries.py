"""The countries that the form offers, Japan first; any other code that the library knows is kept where it is set."""

from django.utils.translation import gettext_lazy

COUNTRIES = (
    ("JP", gettext_lazy("Japan")),
    ("US", gettext_lazy("United States")),
    ("GB", gettext_lazy("United Kingdom")),
    ("DE", gettext_lazy("Germany")),
    ("FR", gettext_lazy("France")),
    ("CN", gettext_lazy("China")),
    ("TW", gettext_lazy("Taiwan")),
    ("HK", gettext_lazy("Hong Kong")),
    ("KR", gettext_lazy("Korea")),
    ("SG", gettext_lazy("Singapore")),
    ("TH", gettext_lazy("Thailand")),
    ("VN", gettext_lazy("Vietnam")),
    ("IN", gettext_lazy("India")),
    ("AU", gettext_lazy("Australia")),
)


def country_name(code: str | None) -> str:
    """The country's name, or its code where the form does not offer it."""
    return str(dict(COUNTRIES).get(code or "", code or ""))
