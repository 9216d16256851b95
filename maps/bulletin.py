"""The reopening bulletin as plain text: the same figures give the same bytes."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

from babel.dates import format_date, format_skeleton

from maps.text import catalogue

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from gettext import NullTranslations

    from geo.reopening import Figures, ReopeningDay, TrendPoint
    from maps.text import Language

DOMAIN = "bulletin"
TREND_DAYS = 7


class Words(NamedTuple):
    """How a category is named in a table, and in the sentence for one premises and for more."""

    label: str
    one: str
    more: str


def _words(label: str, one: str, more: str) -> Words:
    """Mark messages of a table, so that a test finds them."""
    return Words(label, one, more)


CATEGORIES = {
    "enterprise": _words(
        "Enterprises", "{staff} in {reopened} enterprise", "{staff} in {reopened} enterprises"
    ),
    "catering": _words(
        "Catering",
        "{staff} in {reopened} catering business",
        "{staff} in {reopened} catering businesses",
    ),
    "retail": _words("Retail", "{staff} in {reopened} shop", "{staff} in {reopened} shops"),
    "services": _words(
        "Services",
        "{staff} in {reopened} service business",
        "{staff} in {reopened} service businesses",
    ),
    "pharmacy": _words(
        "Pharmacies", "{staff} in {reopened} pharmacy", "{staff} in {reopened} pharmacies"
    ),
    "health": _words(
        "Health care",
        "{staff} in {reopened} health care facility",
        "{staff} in {reopened} health care facilities",
    ),
}


def reopening_sentence(day: ReopeningDay, *, language: Language) -> str:
    """
    Tell the figures of a day in one sentence, as a leader reads them out.

    Parameters
    ----------
    day
        Of any number of categories; without any, only the people back are told.
    """
    texts = catalogue(language, DOMAIN)
    total = day.total.staff_back
    people = _number(total, language)
    if not day.by_category:
        return texts.ngettext(
            "{people} person is back at work in the community.",
            "{people} people are back at work in the community.",
            total,
        ).format(people=people)
    whole = texts.ngettext(
        "{people} person is back at work in the community: {parts}.",
        "{people} people are back at work in the community: {parts}.",
        total,
    )
    parts = [_part(figures, texts, language) for figures in day.by_category]
    return whole.format(people=people, parts=_joined(parts, texts))


def bulletin_text(day: ReopeningDay, *, language: Language, community: str) -> str:
    """
    Write the bulletin of a day.

    Parameters
    ----------
    community
        Name for the title; not trusted.

    Returns
    -------
    text
        Lines that end in a line feed, the last one too: title and day, the sentence, figures with
        the change from the day before, reports that are missing, communities where there are
        several, and the last seven days with reports.
    """
    texts = catalogue(language, DOMAIN)
    title = texts.gettext("Reopening bulletin of {community}").format(community=_clean(community))
    sections = [
        [title, format_date(day.day, "long", locale=language)],
        [reopening_sentence(day, language=language)],
        [_heading(day, texts), *_category_lines(day, texts, language)],
        _unreported_lines(day.total, texts, language),
        _area_lines(day.by_area, texts, language),
        _trend_lines(day.trend, texts, language),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _part(figures: Figures, texts: NullTranslations, language: Language) -> str:
    words = CATEGORIES[figures.code]
    return texts.ngettext(words.one, words.more, figures.reopened).format(
        staff=_number(figures.staff_back, language),
        reopened=_number(figures.reopened, language),
    )


def _joined(parts: Sequence[str], texts: NullTranslations) -> str:
    *most, last = parts
    if not most:
        return last
    listed = texts.gettext("{listed}, {next}")
    before = reduce(lambda told, part: listed.format(listed=told, next=part), most)
    return texts.gettext("{listed} and {last}").format(listed=before, last=last)


def _heading(day: ReopeningDay, texts: NullTranslations) -> str:
    if day.total.reopened_change is None:
        return texts.gettext("Figures (none of the day before to compare with)")
    return texts.gettext("Figures, and change from the day before")


def _category_lines(day: ReopeningDay, texts: NullTranslations, language: Language) -> list[str]:
    total = _line(texts.gettext("All premises"), day.total, texts, language)
    return [total] + [
        _line(texts.gettext(CATEGORIES[figures.code].label), figures, texts, language)
        for figures in day.by_category
    ]


def _area_lines(areas: Sequence[Figures], texts: NullTranslations, language: Language) -> list[str]:
    if len(areas) < 2:  # noqa: PLR2004 - one community is the whole bulletin
        return []
    named = [
        (_clean(area.name or area.code) or texts.gettext("Outside every community"), area)
        for area in areas
    ]
    heading = texts.gettext("By community")
    return [heading, *(_line(name, area, texts, language) for name, area in named)]


def _line(name: str, figures: Figures, texts: NullTranslations, language: Language) -> str:
    values = {
        "name": name,
        "reopened": _number(figures.reopened, language),
        "premises": _number(figures.premises, language),
        "share": _share(figures.reopened, figures.premises),
        "staff": _number(figures.staff_back, language),
    }
    if figures.reopened_change is None or figures.staff_back_change is None:
        return texts.ngettext(
            "{name}: {reopened} of {premises} open ({share}); {staff} person back",
            "{name}: {reopened} of {premises} open ({share}); {staff} people back",
            figures.staff_back,
        ).format(**values)
    return texts.ngettext(
        "{name}: {reopened} of {premises} open ({share}), {more}; "
        "{staff} person back, {more_staff}",
        "{name}: {reopened} of {premises} open ({share}), {more}; "
        "{staff} people back, {more_staff}",
        figures.staff_back,
    ).format(
        **values,
        more=_change(figures.reopened_change, language),
        more_staff=_change(figures.staff_back_change, language),
    )


def _unreported_lines(total: Figures, texts: NullTranslations, language: Language) -> list[str]:
    lines = []
    if total.carried:
        lines.append(
            texts.ngettext(
                "{count} premises did not report on this day; its last report is carried forward.",
                "{count} premises did not report on this day; "
                "their last reports are carried forward.",
                total.carried,
            ).format(count=_number(total.carried, language))
        )
    if total.missing:
        lines.append(
            texts.ngettext(
                "{count} premises has never reported and counts as closed.",
                "{count} premises have never reported and count as closed.",
                total.missing,
            ).format(count=_number(total.missing, language))
        )
    return lines or [texts.gettext("All premises reported on this day.")]


def _trend_lines(
    trend: Sequence[TrendPoint], texts: NullTranslations, language: Language
) -> list[str]:
    if not trend:
        return []
    heading = texts.gettext("Last days with reports")
    return [heading, *(_trend_line(point, texts, language) for point in trend[-TREND_DAYS:])]


def _trend_line(point: TrendPoint, texts: NullTranslations, language: Language) -> str:
    return texts.ngettext(
        "{day}: {reopened} of {premises} open ({share}); {staff} person back",
        "{day}: {reopened} of {premises} open ({share}); {staff} people back",
        point.staff_back,
    ).format(
        day=_short_date(point.day, language),
        reopened=_number(point.reopened, language),
        premises=_number(point.premises, language),
        share=_share(point.reopened, point.premises),
        staff=_number(point.staff_back, language),
    )


def _short_date(day: date, language: Language) -> str:
    return str(format_skeleton("MMMd", day, locale=language))


def _number(count: int, language: Language) -> str:
    """Write a count; the bulletins that Chinese readers know have no separators."""
    return str(count) if language == "zh" else f"{count:,}"


def _change(count: int, language: Language) -> str:
    sign = "+" if count > 0 else "-" if count < 0 else "±"
    return sign + _number(abs(count), language)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "–"


def _clean(name: str) -> str:
    """Keep a name from data on one line and free of control characters."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())
