"""Ordinary notifications, none of which may pass for what is never held: several hundred, by program.

Written down apart from the gate, with what looks like a code or a call and is none: prices, times, order numbers,
rooms, builds, promotions. A line is a title and a text.
"""

# ruff: noqa: RUF001 other scripts
from __future__ import annotations

TEXTS: dict[str, str] = {
    "Mail": """
    Ada Byron :: Minutes of the meeting on 4 March
    Bo Li :: Re: Budget 2026, please have a look by Friday
    Newsletter :: 12 ideas for a quieter desk
    Invoice 88213 :: Your invoice over 1,499.00 EUR is attached
    Order confirmation :: Your order 7734521 is on its way
    Order #482913 :: Thank you for your purchase
    Shipping :: Parcel 00340434161094 will arrive between 12:30 and 14:00
    Re: Parking :: Lot 4411 is free from Monday
    Flight LH 2204 :: Check-in opens at 08:45, gate B22
    Hotel :: Booking 55431209 confirmed, room 412
    Booking code KX7P2Q :: Your trip to Turin
    HR :: Holiday requests for 2026 are open
    Payroll :: Your statement for November is ready
    Library :: Two books are due on 12.03.2026
    Code review :: Please review pull request 4821
    Code of conduct :: An updated version is on the wiki
    Code freeze :: Release 2026.1 is frozen from 1 March
    Zip code :: Could you send me your zip code? Mine is 10115
    Dress code :: Smart casual for 4 May 2026
    Area code :: The new area code is 0341
    Fwd: photos :: 48 photos from the summer
    Survey :: Takes 10 minutes, 2500 people took part
    Re: numbers :: We had 48213 visitors in October
    Conference :: Call for papers ends on 15 April
    Conference :: The call for proposals is open
    Team :: We should call them next week
    Team :: I could not call you back yesterday
    Dentist :: Please call us back to arrange an appointment
    Bank :: Your statement is available. We never ask for your data.
    Insurance :: Policy 77120341 was renewed
    Electricity :: Meter reading 48213 kWh received
    Rent :: 1200 EUR were booked on 3 March
    School :: Class 7b starts at 0800 on Monday
    Recipe :: 500 g flour, 250 ml milk, bake for 45 minutes
    Lottery :: Draw of Saturday: 4, 8, 15, 16, 23, 42
    Rechnung 2026-0042 :: Im Anhang finden Sie die Rechnung über 4.400,00 €
    Bestellung 7734521 :: Ihre Bestellung ist unterwegs
    Sendung 340434161 :: Zustellung heute zwischen 12:30 und 14:00 Uhr
    Termin :: Besprechung am 04.03.2026 um 10:15
    Postleitzahl :: Wie ist eure Postleitzahl? Unsere ist 04109
    Rückruf :: Bitte rufen Sie uns zurück
    Facture 20260042 :: Votre facture de 1 200 € est disponible
    Commande 7734521 :: Votre colis est en route
    Réunion :: Jeudi 5 mars à 14 h 30, salle 2104
    Appel à projets :: Le dépôt est ouvert jusqu'au 30 avril
    Factura 88213 :: Su factura de 1.200,00 € está disponible
    Pedido 7734521 :: Tu pedido llega mañana
    Reunión :: El jueves a las 16:30 en la sala 2104
    Fattura 88213 :: La fattura di 1.200,00 € è disponibile
    Ordine 7734521 :: Il tuo ordine è stato spedito
    Factuur 88213 :: Uw factuur van € 1.200,00 staat klaar
    Zamówienie 7734521 :: Twoje zamówienie zostało wysłane
    Faktura 88213 :: Din faktura på 1 200 kr finns nu
    Счёт 88213 :: Счёт на 4400 руб. готов
    Заказ 7734521 :: Ваш заказ отправлен
    订单 7734521 :: 您的订单已发货
    注文 7734521 :: ご注文の商品を発送しました
    주문 7734521 :: 주문하신 상품이 발송되었습니다
    """,
    "Chat": """
    Ada :: lunch at 12:30?
    Ada :: see you at 1830
    Ada :: 👍
    Bo Li :: I am at gate 22
    Bo Li :: can you bring the drill
    Jonas :: it is 23 degrees here
    Jonas :: https://example.org/a?b=123456
    Jonas :: the code is really ugly, look at line 4821
    Jonas :: my pin board is full
    Jonas :: she ran 10000 steps
    Jonas :: the password is in the safe, ask Bo
    Jonas :: 3:1 at half time
    Mum :: call me when you can
    Mum :: I tried to call you but you were out
    Mum :: did grandma call?
    Mum :: we bought it for 4999
    Team :: who is on call next week?
    Team :: call at 3 about the release?
    Team :: the calling convention is documented now
    Team :: standup moved to 9:45
    Team :: build 48213 is green
    Team :: 12 people reacted
    Team :: ticket 4411 is yours
    Team :: issue #482913 closed
    Team :: PR 4821 merged
    Team :: error code 5021 again on the printer
    Team :: exit code 137, out of memory
    Team :: status code 4041 from the proxy
    Team :: the QR code is on the poster, 3000 copies
    Team :: source code of 2019 is on the old server
    Team :: room 2104 is booked
    Team :: port 8080 is taken
    Team :: version 20260304 is out
    Team :: we got 2500 signups, 48 % up
    Team :: the alarm in the office went off, all fine
    Team :: what time does the timer in the kitchen ring
    Lena :: bis gleich um 18:15
    Lena :: ich ruf dich später zurück
    Lena :: der Anruf gestern war gut
    Lena :: Hausnummer 1204, klingeln
    Lena :: kostet 1200 Euro
    Lena :: hast du die Fotos von 2019?
    Chloé :: rdv à 18h30
    Chloé :: je te rappelle ce soir
    Chloé :: il fait 35 degrés
    Lucía :: nos vemos a las 18:30
    Lucía :: te llamo luego
    Lucía :: cuesta 1200 euros
    Marco :: ci vediamo alle 18:30
    Marco :: ti chiamo dopo
    João :: chego às 18:30
    Sanne :: tot 18:30
    Ola :: do zobaczenia o 18:30
    Ирина :: буду в 18:30
    Ирина :: позвони мне вечером
    山田 :: 18時30分に着きます
    山田 :: あとで電話します
    小李 :: 六点半见
    小李 :: 晚上给我打电话
    민지 :: 6시 30분에 봐
    """,
    "Builds": """
    Approve #42 :: Ines asks for your review
    main :: Build 48213 failed after 12 min 40 s
    main :: Build 48214 passed, 2311 tests
    release :: Version 2026.1.3 was published
    coverage :: 84.21 % (+0.3)
    code coverage :: 8421 of 10000 lines
    deploy :: 4f2a91c is live
    nightly :: 17 warnings, 4821 lines changed
    code quality :: 12 new findings in 4821 files
    codespace :: Your workspace was stopped after 30 minutes
    pipeline #482913 :: passed on branch main
    runner-4411 :: went offline at 03:12
    merge request 4821 :: approved by 2 people
    issue 4821 :: assigned to you
    docker :: image sha256 pulled, 482 MB
    cron :: job 3345 took 12000 ms
    backup :: 48213 files, 120 GB
    certificate :: expires on 2026-04-12
    disk :: 91 % full, 48213 MB left
    server :: load 12.40 for 15 minutes
    Source code :: export of 2026-03-04 is ready
    """,
    "Shop": """
    Sale :: Up to 70 % off until Sunday
    Promo code SAVE2026 :: Use it at checkout and save 20 %
    Voucher :: Your voucher code WELCOME10 is waiting
    Coupon :: 5000 points are worth 50 €
    Discount code SUMMER25 :: only today
    Gift card :: Gift code inside, worth 25 €
    Use code SPRING26 at checkout :: 15 % off everything
    Rabattcode FRUEHLING25 :: 15 % auf alles
    Gutscheincode NEU2026 :: Jetzt 10 € sparen
    Code promo HIVER26 :: 15 % sur tout le site
    Código de descuento VERANO26 :: 15 % menos
    Codice sconto ESTATE26 :: 15 % in meno
    Kortingscode LENTE26 :: 15 % korting
    Price drop :: The lamp you watch is 49.99 € now
    Back in stock :: Article 4402918 is available
    Delivered :: Your parcel is at the front door
    Delivery :: Arriving today between 14:00 and 16:00
    Returns :: Label for parcel 7734521 is ready
    Review :: How did you like the kettle?
    Points :: You have 2480 points
    Basket :: Two items are waiting in your basket
    Loyalty :: Member since 2019: here are 500 points
    Flash sale :: ends at 23:59
    Barcode :: Show the barcode 4006381333931 at the till
    优惠 :: 满200减50，今天截止
    クーポン :: 500円引きクーポンをプレゼント
    할인 :: 오늘만 20% 할인
    Скидка :: Скидки до 70 % только сегодня
    """,
    "News": """
    Match 12 :: France - Spain 2:1
    Markets :: DAX closes at 23481 points
    Weather :: Storm warning for Saturday, gusts of 110 km/h
    Football :: 2:1 in the 89th minute
    Science :: A telescope looked back 13000 million years
    Politics :: Vote on the 2026 budget postponed
    Traffic :: 12 km of jam on the A9
    Culture :: Tickets for 2027 go on sale
    Report :: Court to decide on calls for a new trial
    Report :: Calls for reform grow louder
    Report :: 48213 people signed the petition
    Live :: Press conference at 15:00
    Wirtschaft :: Ölpreis fällt unter 60 Dollar
    Sport :: Finale am 14. Juni 2026
    Météo :: Vigilance orange dans 12 départements
    Actualité :: 3500 manifestants à Lyon
    Noticias :: El paro baja al 9,8 %
    Meteo :: Allerta gialla in 4 regioni
    Новости :: Курс доллара 92,40
    新闻 :: 今天最高气温35度
    ニュース :: 東京で積雪10センチ
    뉴스 :: 오늘 최고 기온 35도
    """,
    "Calendar": """
    Standup :: 9:45 to 10:00, room 2104
    Lunch with Ada :: tomorrow at 12:30
    Birthday :: Jonas turns 40 on Friday
    Flight to Turin :: LH 2204, departs 08:45
    Workshop :: Room 4.12, bring a laptop
    Call with Bo :: today at 15:00
    Dentist :: 4 March, 08:15
    Deadline :: Report 2026 is due
    Trip :: 12 to 19 July
    Invitation :: Ada invites you to Planning
    Zahnarzt :: 4. März, 08:15 Uhr
    Réunion d'équipe :: demain à 14:30
    Cumpleaños :: Lucía, el viernes
    Riunione :: domani alle 14:30
    会议 :: 下午三点，2104室
    会議 :: 15時から、2104号室
    """,
    "System": """
    Updates :: 14 updates are available
    Battery :: 20 % left, about 1:15
    Bluetooth :: WH-1000XM4 connected
    Pairing complete :: 2024 songs were copied
    Scale :: Use 2500 to confirm the weight
    Network :: Connected to Office-5GHz
    Printer :: Page 3 of 12 printed
    Printer :: Error code 0x6100004a
    Printer :: Error code 5021, paper jam
    Disk :: sdb1 can be removed safely
    Screenshot :: Saved as 2026-03-04 10-15-22.png
    Download :: report-2026.pdf finished (482 kB)
    Upload :: 48 of 120 files
    Software :: LibreOffice 26.2 was installed
    Software :: Restart to finish the update to 6.12.48
    Sound :: Volume 45 %
    Keyboard :: Layout is now German
    Backup :: finished, 12480 files
    Backup :: last backup 4 days ago
    Firewall :: 1284 connections were blocked
    Package :: kernel-6.12.48 is ready
    VPN :: Connected to 10.20.30.40
    USB :: Device 046d:c52b connected
    Sign-in :: Signed in on another device in Leipzig
    New login :: New login from Firefox on Linux at 10:15
    Passwords :: Your password was changed on 4 March
    Passwords :: 3 passwords were found in a leak
    Verification :: Your email address was verified
    Akku :: noch 20 %
    Aktualisierungen :: 14 Aktualisierungen verfügbar
    Mises à jour :: 14 mises à jour disponibles
    Actualizaciones :: 14 actualizaciones disponibles
    Aggiornamenti :: 14 aggiornamenti disponibili
    Обновления :: доступно 14 обновлений
    更新 :: 有14个更新可用
    アップデート :: 14件のアップデートがあります
    업데이트 :: 업데이트 14개가 있습니다
    """,
    "Social": """
    Select 10 :: new songs for you
    Ada :: and 12 others liked your photo
    Bo :: commented: where is that?
    Jonas :: started following you
    Group :: 48 new posts
    Memories :: 4 March 2019, look back
    Video :: Your video has 10000 views
    Live :: Ada is live now
    Poll :: 2513 votes so far
    Event :: 34 people are going
    Story :: Bo added to the story
    Thread :: 5 new answers in “Trains in 2026”
    Mention :: @you in “Where to eat in Turin”
    Friend :: You and Lena have been friends since 2015
    Podcast :: New episode 412: The quiet hour
    Music :: Your mix of 2026 is ready
    Music :: Now playing: 99 Luftballons
    Music :: Now playing: Calling you home, by The Nightly
    Games :: Your move in game 88213
    Games :: Energy is full again
    Games :: Season 12 ends in 3 days
    Games :: You scored 48213 points
    Fitness :: 10000 steps reached
    Fitness :: Pulse 142, 45 minutes, 480 kcal
    Reading :: Page 412 of 600
    Language :: 365 days in a row
    Bank app :: 24.90 € paid at Bakery
    Bank app :: Salary of 3200.00 EUR received
    Bank app :: Card ending in 4411 was used for 12.50 €
    Parking :: Parking time ends at 14:30
    Taxi :: Your car B-XY 4411 arrives in 4 minutes
    Train :: ICE 1004 is 12 minutes late, platform 7
    Bus :: Line 89 stops at Market until 2026
    Tickets :: Seat 14C, car 262
    Weather :: 17 degrees, rain at 15:00
    Home :: Front door opened at 17:12
    Home :: Washing machine finished
    Home :: Living room 21.5 degrees
    Camera :: Motion at 03:12 in the garden
    Doorbell :: Somebody was at the door at 14:05
    """,
}

#: What the same programs say with other figures: several hundred more.
WITH_FIGURES = (
    ("Mail", "Order {0}", "Your order {0} was shipped"),
    ("Mail", "Invoice {0}", "Amount due: {0},00 EUR"),
    ("Mail", "Ticket {0}", "We answered your question"),
    ("Mail", "Report", "We counted {0} visitors this month"),
    ("Mail", "Booking {0}", "Check-in on Friday, floor 4"),
    ("Mail", "Rechnung {0}", "Betrag: {0},00 €"),
    ("Mail", "Kundennummer {0}", "Ihre Anfrage ist eingegangen"),
    ("Mail", "Facture {0}", "Montant : {0},00 €"),
    ("Mail", "Pedido {0}", "Importe: {0},00 €"),
    ("Chat", "Jonas", "it was {0} kilometres"),
    ("Chat", "Jonas", "look at #{0}"),
    ("Chat", "Jonas", "the answer is {0}"),
    ("Chat", "Team", "line {0} of the source code"),
    ("Builds", "main", "Build {0} failed"),
    ("Builds", "main", "{0} tests passed in 12 s"),
    ("Builds", "code coverage", "{0} lines are not covered"),
    ("Builds", "pull request {0}", "Ada asks for a code review"),
    ("Shop", "Only today", "{0} articles at half the price"),
    ("Shop", "Price", "now {0} €"),
    ("Shop", "Points", "You have {0} points"),
    ("News", "Election", "{0} votes were counted"),
    ("System", "Download", "{0} MB of 9000 MB"),
    ("System", "Error", "Error code {0} from the scanner"),
    ("Social", "Video", "{0} people watched your video"),
    ("Social", "Fitness", "{0} steps today"),
)
FIGURES = (1204, 4821, 9876, 48_213, 73_104, 120_534, 482_913, 7_734_521, 55_431_209)


def ordinary() -> list[tuple[str, str, str]]:
    """Return program, title and text of each."""
    made = []
    for app, text in TEXTS.items():
        for line in text.strip().splitlines():
            title, _, body = line.strip().partition(" :: ")
            made.append((app, title, body))
    made += [(app, title.format(one), body.format(one)) for app, title, body in WITH_FIGURES for one in FIGURES]
    return made
