"""National holidays: what the library ``holidays`` says, and how far ahead governments have announced them."""

from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase

# The last day of which a country's holidays are announced, by country. This is the one place that says so.
#
# Japan: the days of 春分の日 and 秋分の日 are fixed when 国立天文台 publishes the next year's 暦要項 in 官報 on the first
# weekday of February, and 内閣府 then publishes that year's holidays (https://www8.cao.go.jp/chosei/shukujitsu/gaiyou.html).
# 2027 was announced on 2026-02-02; 2028 comes in February 2027. A law can still move an announced holiday, as the
# Olympics of 2021 did by a law of December 2020.
#
# Of other countries nothing is claimed: their laws and customs differ, and nobody has gathered them here.
ANNOUNCED_UNTIL: Mapping[str, date] = MappingProxyType({"JP": date(2027, 12, 31)})

_LANGUAGES = {"ja": ("ja", "en_US", "en_GB"), "en": ("en_US", "en_GB")}


@cache
def is_known_country(code: str) -> bool:
    """Whether the library knows the holidays of the country with this ISO 3166 code of two letters."""
    if code in ANNOUNCED_UNTIL:
        return True
    # Here and below: importing the library takes a tenth of a second and 18 MB; most processes never need it.
    from holidays.registry import EntityLoader

    return code in EntityLoader.get_country_codes(include_aliases=False)


# A calendar looks at two or three years around now; a holiday's names are asked for in two languages.
@lru_cache(maxsize=512)
def national_holidays(country: str, year: int, language: str) -> Mapping[date, str]:
    """The year's holidays with their names: in Japanese or English where the library has them so, else in the
    country's own language. Empty for years that the library knows nothing of.

    Each year is made anew and kept whole: the library's own object fills itself while it is being read, which two
    threads must not do at once.
    """
    from holidays import country_holidays

    entity = country_holidays(country, language="")
    if not entity.start_year <= year <= entity.end_year:
        return MappingProxyType({})
    return MappingProxyType(dict(country_holidays(country, years=year, language=_spoken(entity, language))))


def _spoken(entity: "HolidayBase", language: str) -> str | None:
    """The language to ask the library for; named wherever there is a choice, as it would else take the process's own."""
    wanted = _LANGUAGES["ja" if language.startswith("ja") else "en"]
    return next((spoken for spoken in wanted if spoken in entity.supported_languages), entity.default_language)
