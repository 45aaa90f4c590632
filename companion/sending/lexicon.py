"""A small list of words that people write in anger, and of some that soften; by kind, in seven languages.

Written by hand for this program. It is short on purpose: form and the body tell more, and no list is complete. A ``*``
at the end stands for any ending; the endings are written out where another word, of any of these languages, begins
alike: "stomach", "dreistündig". Several words are a phrase.
"""

from __future__ import annotations

#: Words for a person or a thing that are meant to hurt.
INSULTS = """
idiot idiots idiotic moron morons moronic stupid* incompetent* pathetic imbecile* liar liars clown clowns useless
worthless asshole* bastard bastards jerk jerks bullshit crap fuck* shit shits shitty damn damned dumb ignorant
ridiculous disgrace* scum loser losers
idioten* idiotie idiotin idiotinnen idiotisch* dumm dumme dummen dummem dummer dummes dümmer dümmere dümmeren dümmerer
dümmeres dümmste dümmsten dümmster dümmstes dümmstem dummkopf dummköpfe dummheit
dummheiten blöd* unfähig* lächerlich* lügner* arschloch* scheiß* scheiss* verdammt* trottel* vollidiot* dreist dreiste
dreisten dreistem dreister dreistes dreistigkeit dreistigkeiten unverschämt* frechheit nichtsnutz* saftladen
imbécile* connard* connasse* merde* putain débile* incapables menteur* menteuse* ridicule ridicules minable* honteux
honteuse* abruti abrutis abrutie abruties crétin* idiote idiotes
idiota idiotas idiotez estúpid* imbécil* inútil* mentiros* mierda* joder puta putas gilipollas ridícul* vergüenza
incompetente*
idioti stronz* cazzo merda* deficienti bugiard* ridicol* vergogn* incapace incapaci cretino cretina cretini cretine
cretinata cretinate bastardo bastarda bastardi bastarde
idiotice burrice porra caralho vergonha ridículo*
klootzak* sukkel sukkels idioot leugenaar* belachelijk* schandalig* waardeloos waardeloze onbekwa* verdomme stom stomme
stommer stomste stommeling* stommerd* stommerik*
"""

#: What draws a line, sets an ultimatum, or leaves no room: whole phrases, since their words alone mean nothing.
PRESSURE = """
immediately | at once | for the last time | last warning | final warning | won't ask again | will not ask again
or else | how dare | fed up | sick of | sick and tired | had enough | have enough of | enough is enough | no excuse*
unacceptable | every single time | once again you | you always | you never | never again | what is wrong with you
what's wrong with you | are you kidding | are you serious | seriously | waste of time | wasting my time
waste my time | legal action | you people | your fault | do your job | shut up
you are lying | you're lying | stop lying
sofort | auf der stelle | letzte warnung | zum letzten mal | ein für alle mal | reicht es mir | mir reicht's
mir reicht es | es reicht | schnauze voll | nase voll | unerhört | inakzeptabel | nie wieder | was fällt ihnen ein
was fällt dir ein | keine ausrede* | ihre schuld | deine schuld | halt den mund | zeitverschwendung
immédiatement | tout de suite | pour la dernière fois | dernier avertissement | j'en ai marre | ras le bol
inadmissible | inacceptable | ça suffit | vous ne faites jamais | tu ne fais jamais | votre faute | ta faute
inmediatamente | ahora mismo | por última vez | último aviso | estoy hart* | ya basta | inaceptable | es el colmo
tu culpa | su culpa
immediatamente | subito | per l'ultima volta | ultimo avviso | sono stuf* | adesso basta | inaccettabile
colpa tua | colpa vostra
imediatamente | agora mesmo | pela última vez | estou fart* | chega disto | inaceitável | culpa tua | culpa sua
onmiddellijk | nu meteen | voor de laatste keer | laatste waarschuwing | ben het zat | onacceptabel | jouw schuld
uw schuld
"""

#: Verbs that give an order when a sentence begins with them.
ORDERS = """
fix send stop answer explain do get give call pay tell make finish deliver apologise apologize admit read listen
delete undo resign leave change correct respond reply
schick schicke schickt schicken hör höre hört hören antworte antwortet antworten erklär erkläre erklärt erklären
mach mache macht machen ruf rufe ruft rufen zahl zahle zahlt zahlen bezahl bezahle bezahlt bezahlen sag sagt sagen
liefer liefere liefert liefern entschuldige entschuldigt entschuldigen lies lesen lösch lösche löscht löschen
behebe behebt beheben reparier repariere repariert reparieren änder ändere ändert ändern gib geben
envoie envoyez arrête arrêtez réponds répondez explique expliquez fais faites payez paie dites corrige corrigez
envía envíe envíen envíame envíeme envíenme envíamelo envíemelo mándame mándamelo mandamelo mándemelo
pare paren responde responda respondan haz haga hagan paga pague paguen págame
corrija corrijan arregla arregle arreglen arréglalo arreglalo arréglelo
manda mandi mandami mandatemi mandatemelo invia inviami inviate inviatemi smetti smettete rispondi rispondimi rispondete
spiega spiegami spiegate fate pagate correggi correggete
envia envie enviem faz faça façam resolve resolva resolvam pague paguem
stuur antwoord leg doe betaal zeg lever herstel verwijder
"""

#: What makes an order a request, or a mail a friendly one.
SOFTENERS = """
please | thank you | thanks | kindly | sorry | appreciate | kind regards | best regards | no rush | no hurry
would you | could you | cheers | glad | happy to
bitte | danke | vielen dank | liebe grüße | herzliche grüße | entschuldigung | könnten sie | könntest du | gerne
s'il vous plaît | s'il te plaît | merci | désolé* | cordialement | pourriez-vous | pourrais-tu | bonne journée
por favor | gracias | perdón | saludos | podría* | un abrazo
per favore | grazie | scusa* | cordiali saluti | potrest* | potrebbe
obrigad* | desculp* | cumprimentos | poderia*
alsjeblieft | alstublieft | bedankt | dank je | dank u | vriendelijke groet* | zou je | zou u
"""
