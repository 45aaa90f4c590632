"""Words that hold sentences together and say nothing of what they are about.

In a vault of years their frequency gives them away; in one of a week it does not, and a description of a screen would
pass for a quotation of it by its "on the" and "into". Folded as the full text folds them.
"""

from __future__ import annotations

_ENGLISH = """a about after again all also am an and any are as at be because been before being between but by can
could did do does done down during each for from had has have having he her here him his how i if in
into is it its just me more most my no not of off on once only or other our out over own same she
should so some still such than that the their them then there these they this those through to too
under until up very was we were what when where which while who whom whose why will with without
would you your"""
_GERMAN = """aber als am an auch auf aus bei bin bis da damit das dass dem den der des die dies diese dieser doch
du durch ein eine einem einen einer er es fur habe haben hat hatte hier ich ihr im in ins ist ja
kann kein keine mein mich mir mit muss nach nicht noch nun nur ob oder ohne sehr sein sich sie sind
so uber um und uns unser vom von vor war was wenn wer werden wie wieder wir wird zu zum zur"""
_FRENCH = """au aux avec ce ces cette dans de des du elle elles en est et eux il ils je la le les leur lui ma
mais me meme mes mon ne nos notre nous on ou par pas pour qu que qui sa sans se ses son sont sur ta
te tu un une vos votre vous y"""
_SPANISH = """al como con de del el ella ellos en entre era es esta este esto fue ha hay la las lo los me mi mis
muy nos o os para pero por porque que se ser si sin sobre son su sus te tu un una uno unos y ya yo"""

FUNCTION_WORDS = frozenset(f"{_ENGLISH} {_GERMAN} {_FRENCH} {_SPANISH}".split())
