"""What clocks and calls are called on the desktops, in the languages most screens are in; all in lower case."""

from __future__ import annotations


def _listed(text: str) -> tuple[str, ...]:
    """Return what stands between the bars."""
    return tuple(" ".join(one.split()) for one in text.split("|"))


#: Desktop entries of the clocks, timers and reminders of the desktops.
ALARM_ENTRIES = frozenset(
    _listed("""
    alarm-clock-applet | evolution-alarm-notify | gnome-clocks | io.elementary.clock | kalarm | ktimer | korgac |
    lomiri-clock-app | mate-timer-applet | org.gnome.clocks | org.gnome.evolution-alarm-notify | org.gnome.pomodoro
    | org.gnome.solanum | org.kde.kalarm | org.kde.kalendarac | org.kde.kclock | org.kde.korgac | org.kde.kteatime |
    org.kde.ktimer | org.xfce.orage | orage | teatime | xfce4-timer-plugin
    """)
)
#: How clocks are called where a program says its name alone, hyphens as spaces.
ALARM_NAMES = frozenset(
    _listed("""
    ajastin | alarm | alarm clock | alarm clock applet | alarma | alarme | alarms | budzik | budík | báo thức | ceas
    | ceasuri | clocks | countdown | despertador | egg timer | eieruhr | evolution alarm notify | evolution alarms |
    evolution reminders | gnome clocks | gnome pomodoro | herätyskello | hodiny | horloge | horloges | időzítő |
    kalarm | kclock | kello | kellot | kitchen timer | klocka | klockor | klok | klokke | klokken | korganizer
    reminder daemon | kurzzeitmesser | minuteur | minuteurs | minutnik | minútka | orologi | orologio | pengatur
    waktu | pomodoro | reloj | relojes | relógio | relógios | reminders | réveil | saat | saatler | stopwatch |
    sveglia | tea timer | temporizador | temporizadores | timer | timer da cucina | timers | uhren | ur | ure |
    vekkeur | väckarklocka | wecker | wekker | zamanlayıcı | zegar | zegary | zeitmesser | äggklocka | çalar saat |
    ébresztőóra | óra | časovač | đồng hồ | ξυπνητήρι | ρολόγια | ρολόι |
    χρονόμετρο | будильник | будильник і
    годинник | годинник | таймер | часовник | часы | часы и
    будильник | שעון | שעון מעורר | שעונים | المنبه | ساعة |
    ساعت | منبه | अलार्म | घड़ी | นาฬิกา | นาฬิกาปลุก | アラーム | タイマー | 倒计时 | 时钟 | 時計 | 時鐘 |
    目覚まし | 计时器 | 闹钟 | 鬧鐘 | 시계
    | 알람 | 타이머
    """)  # noqa: RUF001 other scripts
)
#: Words that make a program a clock wherever in its name they stand.
ALARM_WORDS = frozenset({"alarm", "alarms", "clocks", "timer", "timers", "wecker", "réveil", "despertador", "sveglia"})
#: What is on a notification of a call.
CALL_WORDS = _listed("""
    incoming call | incoming group call | incoming group video call | incoming group voice call | eingehender
    gruppenanruf | appel de groupe entrant | llamada grupal entrante | llamada de grupo entrante | chamada de grupo
    recebida | chiamata di gruppo in arrivo | inkomende groepsoproep | входящий групповой звонок | グループ通話 |
    群组通话 | 群組通話 | 그룹 통화 | incoming video call |
    incoming voice call | incoming audio call | is calling | calling you |
    missed call | eingehender anruf | eingehender videoanruf | ruft an | verpasster anruf | anruf in abwesenheit |
    appel entrant | appel vidéo entrant | vous appelle | appel manqué | llamada entrante | videollamada entrante |
    te está llamando | llamada perdida | chamada recebida | chamada de vídeo | chamada perdida | está a ligar
    | está
    ligando | chiamata in arrivo | videochiamata in arrivo | chiamata persa | ti sta chiamando | inkomende oproep |
    inkomend gesprek | gemiste oproep | połączenie przychodzące | nieodebrane połączenie | inkommande samtal |
    missat samtal | innkommende anrop | indgående opkald | saapuva puhelu | příchozí hovor | bejövő hívás | apel
    primit | gelen arama | cevapsız arama | входящий звонок | входящий вызов |
    пропущенный звонок | пропущенный
    вызов | вхідний дзвінок | εισερχόμενη κλήση | שיחה נכנסת | مكالمة واردة |
    来电 | 來電 | 未接来电 | 着信 | 不在着信 | 수신 전화 |
    부재중 전화 | cuộc gọi đến | इनकमिंग कॉल | incoming facetime | started a call | started a video call | started a
    voice call | started a huddle | you have a call | missed video call | missed voice call | missed facetime | you
    missed a call | eingehender sprachanruf | verpasster videoanruf | verpasster sprachanruf | verpasste anrufe |
    hat versucht, dich anzurufen | appel vocal entrant | appel vidéo manqué | appel en absence | appels manqués | a
    essayé de vous appeler | llamada de voz entrante | videollamada perdida | llamadas perdidas | te ha llamado |
    chamada de voz | chamada a receber | chamadas perdidas | está te ligando | chiamata vocale in arrivo |
    videochiamata persa | chiamata senza risposta | ha provato a chiamarti | inkomende spraakoproep | inkomende
    video-oproep | gemist gesprek | belt je | przychodzące połączenie | połączenie wideo | nieodebrane połączenia |
    dzwoni do ciebie | missade samtal | inkommande videosamtal | ringer dig | ubesvart anrop | innkommende samtale |
    ubesvaret opkald | ringer til dig | ringer deg | vastaamaton puhelu | soittaa sinulle | zmeškaný hovor | volá
    vám | prichádzajúci hovor | nem fogadott hívás | apel pierdut | apel ratat | te sună | görüntülü
    arama | seni
    arıyor | пропущенный видеозвонок | входящий видеозвонок |
    звонит вам | пропущений дзвінок | пропущений виклик |
    вхідний виклик | входящо повикване | пропуснато повикване |
    долазни позив | dolazni poziv | propušteni poziv |
    αναπάντητη κλήση | שיחה שלא נענתה | مكالمة فائتة | مكالمة لم يرد عليها | تماس ورودی | تماس از
    دست رفته | 语音通话 |
    视频通话 | 語音通話 | 視訊通話 | 未接來電 | 音声通話 | ビデオ通話 | 영상통화 | 음성통화 | 전화가 왔습니다 |
    cuộc gọi nhỡ | สายเรียกเข้า |
    สายที่ไม่ได้รับ | मिस्ड कॉल | आने वाली कॉल | panggilan masuk | panggilan tak terjawab | inviting you to a call | invited
    you to a call | inviting you to a meeting | invited you to join a zoom meeting | a call has started | group call has
    started | would like to talk with you
""")  # noqa: RUF001 other scripts
#: What a notification of a call begins with, in its title or its text: elsewhere these say less.
CALL_BEGINNINGS = _listed("""
    call from | calls from | video call from | voice call from | audio call from | phone call from | group call from
    | facetime from | whatsapp call from | anruf von | anrufe von | videoanruf von | sprachanruf von | gruppenanruf
    von | appel de | appel d' | appel vidéo de | appel audio de | llamada de | videollamada de | ligação de |
    chamada de | videochamada de | chiamata da | chiamata di | videochiamata da | videochiamata di | oproep van |
    video-oproep van | gesprek van | połączenie od | dzwoni | samtal från | videosamtal från | anrop fra | samtale
    fra | opkald fra | puhelu | hovor od | volá | hívás | apel de la | arıyor | звонок от |
    вызов от | видеозвонок
    от | дзвінок від | κλήση από | שיחה מ | مكالمة من | اتصال من | 통화 | panggilan dari | cuộc gọi từ
""")  # noqa: RUF001 other scripts
#: What stands alone on one.
CALL_TITLES = frozenset(
    _listed("""
    anrop | anruf | apel | appel | appel vidéo | arama | audio call | call | calling | chamada | chiamata | cuộc gọi |
    facetime | facetime audio | facetime video | group call | gruppenanruf | appel de groupe | llamada grupal | chamada
    em grupo | chiamata di gruppo | groepsoproep | групповой звонок | hovor |
    hívás | ligação | llamada | opkald | oproep | panggilan | phone call | połączenie | puhelu | ringing | samtal |
    video call | videoanruf | videochiamata | videollamada | voice call | κλήση | вызов | дзвінок
    | звонок | שיחה |
    مكالمة | 通話 | 전화 | 통화
    """)
)
