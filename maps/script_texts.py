"""What our scripts say; they hold no words of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from maps.words import Words


def script_texts(words: Words) -> dict[str, str]:
    """Give every text of `maps/static/js`, translated; `{…}` is filled in by the script."""
    return {
        "estimate": words.say("(est.)"),
        "closePopup": words.say("Close"),
        "wholeMap": words.say("Show the whole map"),
        "noResults": words.say("Nothing found"),
        "results": words.say("Results: {count}"),
        "street": words.say("Street"),
        "stop": words.say("Team {team}, stop {number}: {name}"),
        "arrival": words.say("Arrival"),
        "service": words.say("Time there"),
        "households": words.say("Households"),
        "door": words.say("Door"),
        "premisesHere": words.say("Premises here: {count}"),
        "more": words.say("{count} more are not listed here"),
        "notOnMap": words.say("That is not on this map."),
        "chartFailed": words.say("The chart could not be loaded; the table has the numbers."),
        "identifier": words.say("Identifier"),
    }
