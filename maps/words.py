"""Numbers, measures, days and choices in the words of a language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from babel.dates import format_date

from maps.text import catalogue

if TYPE_CHECKING:
    from datetime import date
    from gettext import NullTranslations

    from maps.text import Language

THIN_SPACE = "\u202f"
KILOMETRE_M = 1000
HOUR_S = 3600
MINUTE_S = 60
LOCALES = {"zh": "zh_Hans_CN", "en": "en_GB"}
HTML_LANGUAGES = {"zh": "zh-CN", "en": "en"}


@dataclass(frozen=True)
class Words:
    """Everything that is said on a page in one language."""

    language: Language

    @cached_property
    def texts(self) -> NullTranslations:
        """Give the catalogue of the page."""
        return catalogue(self.language, "page")

    @property
    def html_language(self) -> str:
        """Give the language tag of the page."""
        return HTML_LANGUAGES[self.language]

    def say(self, message: str) -> str:
        """Translate a message of the page."""
        return self.texts.gettext(message)

    def choice(self, column: str, value: str) -> str:
        """
        Say one value of a closed set.

        Parameters
        ----------
        column
            `layer.column`, since the same value may mean different things.
        value
            As stored.

        Examples
        --------
        >>> Words("en").choice("checkpoints.kind", "village_entrance")
        'Village entrance'
        """
        said = self.texts.pgettext(column, value)
        return value.replace("_", " ").capitalize() if said == value else said

    def count(self, value: float) -> str:
        """
        Write a whole number with its thousands apart.

        Examples
        --------
        >>> Words("en").count(1286).split()
        ['1', '286']
        """
        return f"{value:,.0f}".replace(",", THIN_SPACE)

    def change(self, value: int | None) -> str:
        """
        Write a change with its sign; a dash where there is nothing to compare with.

        Examples
        --------
        >>> [Words("en").change(value) for value in (4, 0, -2, None)]
        ['+4', '0', '−2', '–']
        """
        if value is None:
            return "–"
        sign = "+" if value > 0 else "−" if value < 0 else ""
        return f"{sign}{self.count(abs(value))}"

    def share(self, part: float, whole: float) -> str:
        """
        Write a part as per cent of the whole; never 100 % or 0 % by rounding alone.

        Examples
        --------
        >>> [Words("en").share(part, 1000) for part in (0, 1, 907, 999, 1000)]
        ['0%', '0.1%', '90.7%', '99.9%', '100%']
        >>> Words("en").share(9999, 10_000), Words("en").share(0, 0)
        ('>99.9%', '–')
        """
        if whole <= 0:
            return "–"
        pct = 100 * part / whole
        if part in (0, whole):
            return f"{pct:.0f}%"
        lowest, highest = 0.1, 99.9
        if pct > highest:
            return ">99.9%"
        return "<0.1%" if pct < lowest else f"{pct:.1f}%"

    def metres(self, distance_m: float) -> str:
        """
        Write a distance; a dash for none (not a number).

        Examples
        --------
        >>> Words("en").metres(86.4), Words("en").metres(1830), Words("en").metres(float("nan"))
        ('86 m', '1.83 km', '–')
        """
        if distance_m != distance_m or distance_m == float("inf"):  # noqa: PLR0124 (not a number)
            return "–"
        if distance_m < KILOMETRE_M:
            return self.say("{count} m").format(count=f"{distance_m:.0f}")
        return self.say("{count} km").format(count=f"{distance_m / KILOMETRE_M:.2f}")

    def duration(self, time_s: float) -> str:
        """
        Write a duration in hours and minutes, minutes rounded up.

        Examples
        --------
        >>> [Words("en").duration(time_s) for time_s in (0, 61, 3600, 12_000)]
        ['0 min', '2 min', '1 h', '3 h 20 min']
        """
        minutes = -int(-time_s // MINUTE_S)
        hours, rest = divmod(minutes, HOUR_S // MINUTE_S)
        parts = [self.say("{count} h").format(count=hours)] if hours else []
        if rest or not hours:
            parts.append(self.say("{count} min").format(count=rest))
        return " ".join(parts)

    def clock(self, time_s: float) -> str:
        """
        Write the time since setting out as hours and minutes.

        Examples
        --------
        >>> Words("en").clock(4_980)
        '+1:23'
        """
        hours, minutes = divmod(int(time_s // MINUTE_S), HOUR_S // MINUTE_S)
        return f"+{hours}:{minutes:02}"

    def day(self, day: date, pattern: str = "d MMMM y") -> str:
        """
        Write a day.

        Examples
        --------
        >>> from datetime import date
        >>> Words("en").day(date(2020, 3, 25)), Words("zh").day(date(2020, 3, 25))
        ('25 March 2020', '2020年3月25日')
        """
        if self.language == "zh":
            pattern = {"d MMMM y": "y年M月d日", "d MMM": "M月d日"}.get(pattern, pattern)
        return format_date(day, pattern, locale=LOCALES[self.language])
