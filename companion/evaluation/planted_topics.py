"""What people of a made-up set read: short sentences on topics that have nothing to do with each other."""

from __future__ import annotations

TOPICS: dict[str, tuple[str, ...]] = {
    "bread": (
        "Knead the dough until it no longer sticks to the bowl.",
        "A sourdough starter wants flour and water every day.",
        "The crust turns dark when the oven is hot and full of steam.",
        "Let the loaf cool on a rack before you cut it.",
        "Rye flour rises less than wheat.",
        "Salt slows the yeast down.",
    ),
    "planets": (
        "Jupiter has more than ninety known moons.",
        "A day on Venus lasts longer than its year.",
        "The rings of Saturn are mostly ice.",
        "Mars owes its colour to iron oxide.",
        "Neptune was found by calculation before anyone saw it.",
        "Mercury has almost no atmosphere to keep its warmth.",
    ),
    "taxes": (
        "The annual return is due at the end of July.",
        "Keep receipts for travel between two workplaces.",
        "Losses of last year can be carried forward.",
        "The allowance for a home office changed this year.",
        "Interest on savings is taxed where it is paid.",
        "An invoice needs the number of the tax office.",
    ),
    "football": (
        "The goalkeeper punched the corner clear.",
        "She scored from a free kick in stoppage time.",
        "A back four leaves the wings to the midfielders.",
        "The referee gave a penalty after looking at the screen.",
        "They won the derby away for the first time in years.",
        "The striker was offside by half a boot.",
    ),
    "gardening": (
        "Prune the roses before the first buds open.",
        "Tomatoes need a stake and a warm wall.",
        "Compost keeps clay soil loose.",
        "Sow carrots thinly and cover them with fine earth.",
        "Slugs come out after rain at night.",
        "Divide the irises every few years.",
    ),
    "music": (
        "The cello enters in the second bar with the theme.",
        "Tune the guitar a half step down for this song.",
        "A fugue begins with a single voice.",
        "The drummer plays behind the beat.",
        "Minor chords give the chorus its dark colour.",
        "The choir rehearses the requiem on Thursday.",
    ),
}
