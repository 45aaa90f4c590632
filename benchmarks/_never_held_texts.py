"""What notifications of codes and calls, and programs that ring, say in the wild; written down apart from the gate.

A line is a title and a text, or a text alone. ``{0}`` stands for the code. The senders and programs are made up or
stand for many; the wording is that of such messages.
"""

# ruff: noqa: RUF001 other scripts
from __future__ import annotations


def _lines(text: str) -> tuple[tuple[str, str], ...]:
    """Return title and text of each line."""
    lines = (line.strip() for line in text.strip().splitlines())
    return tuple(
        (a.strip(), b.strip()) if b else ("", a.strip()) for a, _, b in (one.partition(" :: ") for one in lines)
    )


def _named(text: str) -> tuple[str, ...]:
    """Return what stands between the bars."""
    return tuple(one.strip() for one in text.split("|"))


CODES = _lines("""
    Bank :: Your verification code is {0}. Do not share it with anyone.
    {0} is your verification code
    Messages :: {0} is your Acme login code. It expires in 10 minutes.
    Acme :: Your one-time passcode: {0}
    Acme :: Your one time password is {0}
    Acme :: Use {0} to sign in to your account
    Acme :: Enter {0} to log in to Acme
    Acme :: Your security code is {0}
    Acme :: OTP for your transaction is {0}. Valid for 5 mins.
    Acme :: Code: {0}
    Acme :: Code:{0}
    Acme :: PIN:{0}
    Acme :: TAN:{0}
    Acme :: Your code is #{0}
    Acme :: Your code is "{0}"
    Acme :: Your code is *{0}*
    Acme :: Your code ({0}) is valid for 10 minutes
    Acme :: Your Acme verification code is: {0}.
    Acme :: <#> {0} is your Acme code. laksjdWk12
    Acme :: {0} is your Acme confirmation code
    Acme :: Two-factor code {0}
    Acme :: 2FA code: {0}
    Acme :: MFA token {0}
    Acme :: Authentication code: {0}
    Acme :: Your account recovery code is {0}
    Acme :: Verification code :: {0}
    Login code: {0}. Do not give this code to anyone, even if they say they are from us!
    Acme :: Verify your email with {0}
    Acme :: Your temporary password is {0}
    Acme :: Passcode {0}
    Acme :: Please verify your device with the number {0}
    Acme :: Confirm it is you. Your code: {0}
    Acme :: Someone is trying to sign in. If this is you, enter {0}.
    Acme :: Activation code {0}
    Acme :: Access code for the meeting room door: {0}
    Acme :: Your pickup PIN is {0}
    Bluetooth :: Confirm passkey {0}
    Bluetooth :: Pairing request: confirm {0}
    Bank :: Use {0} to approve your payment
    Bank :: Ihr Bestätigungscode lautet {0}.
    Bank :: Ihre TAN lautet {0}
    Bank :: smsTAN {0} für Ihre Überweisung über 120,00 EUR
    Bank :: mTAN: {0}
    Acme :: Ihr Freigabecode: {0}
    Acme :: Aktivierungscode {0}
    Acme :: Prüfcode: {0}
    Acme :: Einmalpasswort {0}
    Acme :: Passwort:{0}
    Acme :: Dein Anmeldecode ist {0}. Gib ihn nicht weiter.
    Acme :: {0} ist dein Bestätigungscode
    Acme :: Mit {0} kannst du dich anmelden
    Acme :: Der Zugangscode lautet {0}
    Acme :: Abholcode {0}
    Acme :: Votre code de vérification est {0}
    Acme :: Votre code : {0}
    Acme :: {0} est votre code de confirmation
    Acme :: Code de sécurité {0}. Ne le partagez pas.
    Acme :: Saisissez {0} pour vous connecter
    Acme :: Votre mot de passe à usage unique est {0}
    Acme :: Tu código de verificación es {0}
    Acme :: Tu clave es {0}
    Acme :: Su clave dinámica es {0}
    Acme :: {0} es tu código de acceso
    Acme :: Usa {0} para iniciar sesión
    Acme :: Tu contraseña temporal es {0}
    Acme :: Seu código de verificação é {0}
    Acme :: O seu código é {0}
    Acme :: Sua senha temporária: {0}
    Acme :: Use {0} para entrar na sua conta
    Acme :: Il tuo codice di verifica è {0}
    Acme :: Codice: {0}. Non condividerlo.
    Acme :: {0} è il tuo codice di accesso
    Acme :: Je verificatiecode is {0}
    Acme :: Gebruik {0} om in te loggen, deel deze code niet
    Acme :: Uw inlogcode: {0}
    Acme :: Twój kod weryfikacyjny to {0}
    Acme :: Kod: {0}
    Acme :: Kod:{0}
    Acme :: Hasło jednorazowe {0}
    Acme :: Din verifieringskod är {0}
    Acme :: Din kod: {0}
    Acme :: Engångslösenord {0}. Lösenord: {0}
    Acme :: Ditt engångslösenord: {0}
    Acme :: Engangspassord: {0}
    Acme :: Kertakäyttösalasana: {0}
    Acme :: Din bekreftelseskode er {0}
    Acme :: Engangskode: {0}
    Acme :: Din bekræftelseskode er {0}
    Acme :: Vahvistuskoodi: {0}
    Acme :: Koodisi on {0}
    Acme :: Váš ověřovací kód je {0}
    Acme :: Kód pro přihlášení: {0}
    Acme :: Váš overovací kód: {0}
    Acme :: Az Ön ellenőrző kódja: {0}
    Acme :: Codul tău de verificare este {0}
    Acme :: Doğrulama kodunuz: {0}
    Acme :: Giriş kodu {0}
    Acme :: Tek kullanımlık şifreniz: {0}
    Acme :: Ваш код подтверждения: {0}
    Acme :: Код: {0}. Никому не сообщайте
    Acme :: Код:{0}
    Acme :: {0} — ваш код для входа
    Acme :: Пароль для подтверждения {0}
    Acme :: Ваш код підтвердження {0}
    Acme :: Вашият код е {0}
    Acme :: Vaš kod za potvrdu je {0}
    Acme :: Ваш верификациони код је {0}
    Acme :: Ο κωδικός επαλήθευσης είναι {0}
    Acme :: קוד האימות שלך הוא {0}
    Acme :: הקוד שלך: {0} . קוד לכניסה
    Acme :: رمز التحقق الخاص بك هو {0}
    Acme :: كود التفعيل: {0}
    Acme :: کد تایید شما: {0}
    Acme :: आपका ओटीपी {0} है
    Acme :: {0} आपका सत्यापन कोड है
    Acme :: รหัส OTP ของคุณคือ {0}
    Acme :: รหัสยืนยัน{0}
    Acme :: Mã xác nhận của bạn là {0}
    Acme :: Mã OTP: {0}
    Acme :: Kode verifikasi Anda adalah {0}
    Acme :: Kode OTP {0}. JANGAN BERIKAN kepada siapa pun.
    Acme :: 您的验证码是{0}
    Acme :: 验证码{0}，请勿泄露
    Acme :: 【某某】验证码：{0}，5分钟内有效。
    Acme :: {0}是您的登录验证码
    Acme :: 您的動態驗證碼為{0}，請勿外洩
    Acme :: 認証コードは{0}です
    Acme :: 確認コード：{0}
    Acme :: 認証番号{0}を入力してください
    Acme :: ワンタイムパスワード：{0}
    Acme :: 인증번호는 [{0}] 입니다
    Acme :: 인증번호{0}
    Acme :: [Web발신] 본인확인 인증번호({0})를 입력하세요
""")

#: Codes with letters in them.
MIXED_CODES = _lines("""
    Steam Guard :: Your Steam Guard code: {0}
    Acme :: Your login code is {0}
    Acme :: Verification code: {0}
    Acme :: Enter the code {0}
    Acme :: Ihr Code lautet {0}
    Acme :: Votre code est {0}
    Acme :: Tu código es {0}
    Acme :: Ваш код: {0}
    Acme :: 验证码：{0}
""")

#: ``{0}`` stands for who calls.
CALLS = _lines("""
    Incoming call :: {0}
    {0} :: Incoming video call
    {0} :: Incoming voice call…
    {0} :: Incoming group call
    {0} wants to video chat :: Answer or decline
    {0} is calling you :: Tap to answer
    {0} is calling… :: via speaker
    Call from {0} :: Mobile
    Video call from {0} :: 5 people
    Voice call from {0} :: Answer or decline
    WhatsApp call from {0} :: Ringing
    Missed call :: {0}
    {0} :: Missed video call
    {0} :: You missed a call
    {0} started a call :: Join now
    {0} started a video call :: in #general
    {0} calling :: Mobile
    Phone call :: {0}
    Video call :: {0}
    Anruf von {0} :: Mobil
    Eingehender Anruf :: {0}
    {0} :: Eingehender Videoanruf
    {0} ruft an :: Annehmen
    {0} ruft dich an :: Mobil
    Videoanruf von {0} :: Annehmen oder ablehnen
    Verpasster Anruf :: {0}
    Anruf in Abwesenheit :: {0}
    Appel entrant :: {0}
    Appel de {0} :: Répondre
    Appel vidéo de {0} :: Répondre
    {0} vous appelle :: mobile
    {0} :: Appel manqué
    {0} :: Appel en absence
    Llamada entrante :: {0}
    Llamada de {0} :: Contestar
    Videollamada de {0} :: Contestar
    {0} :: Llamada perdida
    {0} te está llamando :: móvil
    Chamada recebida :: {0}
    Chamada de {0} :: Atender
    {0} :: Chamada perdida
    {0} está ligando :: celular
    Chiamata in arrivo :: {0}
    Chiamata da {0} :: Rispondi
    {0} ti sta chiamando :: cellulare
    {0} :: Chiamata persa
    Inkomende oproep :: {0}
    Oproep van {0} :: Beantwoorden
    Gemiste oproep :: {0}
    Połączenie przychodzące :: {0}
    Nieodebrane połączenie :: {0}
    {0} dzwoni :: Odbierz
    Inkommande samtal :: {0}
    Missat samtal :: {0}
    {0} ringer dig :: mobil
    Innkommende anrop :: {0}
    Ubesvart anrop :: {0}
    Indgående opkald :: {0}
    Ubesvaret opkald :: {0}
    Saapuva puhelu :: {0}
    Vastaamaton puhelu :: {0}
    Příchozí hovor :: {0}
    Zmeškaný hovor :: {0}
    Bejövő hívás :: {0}
    Nem fogadott hívás :: {0}
    Apel primit :: {0}
    Apel pierdut :: {0}
    Gelen arama :: {0}
    Cevapsız arama :: {0}
    {0} arıyor :: Cevapla
    Входящий звонок :: {0}
    Пропущенный звонок :: {0}
    {0} звонит вам :: мобильный
    Вхідний дзвінок :: {0}
    Пропущений дзвінок :: {0}
    Входящо повикване :: {0}
    Dolazni poziv :: {0}
    Εισερχόμενη κλήση :: {0}
    Αναπάντητη κλήση :: {0}
    שיחה נכנסת :: {0}
    שיחה שלא נענתה :: {0}
    مكالمة واردة :: {0}
    مكالمة فائتة :: {0}
    تماس ورودی :: {0}
    来电 :: {0}
    {0} :: 未接来电
    {0} :: 邀请你语音通话
    來電 :: {0}
    着信 :: {0}
    {0} :: 不在着信
    수신 전화 :: {0}
    {0} :: 부재중 전화
    Cuộc gọi đến :: {0}
    Cuộc gọi nhỡ :: {0}
    สายเรียกเข้า :: {0}
    इनकमिंग कॉल :: {0}
    Panggilan masuk :: {0}
    Panggilan tak terjawab :: {0}
""")

#: Programs that ring: by name, or by desktop entry.
RINGING = _named("""
    Clocks | GNOME Clocks | gnome-clocks | Alarm Clock | Alarm Clock Applet | KAlarm | KClock | KTimer |
    Timer | Timers | evolution-alarm-notify | Evolution Alarm Notify | Evolution Reminders | Reminders |
    Pomodoro | GNOME Pomodoro | Wecker | Uhren | Eieruhr | Réveil | Horloges | Minuteur | Despertador |
    Relojes | Alarma | Alarme | Relógios | Sveglia | Orologi | Wekker | Klokken | Budzik | Zegary |
    Väckarklocka | Klockor | Vekkeur | Herätyskello | Kellot | Budík | Hodiny | Ébresztőóra | Ceasuri |
    Çalar saat | Saatler | Будильник | Часы | Ξυπνητήρι | שעון מעורר | المنبه | منبه | 闹钟 | 时钟 | 鬧鐘 |
    アラーム | 時計 | タイマー | 알람 | 시계 | Báo thức | นาฬิกาปลุก
""")
RINGING_ENTRIES = (
    "org.gnome.clocks",
    "org.gnome.clocks.desktop",
    "org.kde.kalarm",
    "org.kde.kclock",
    "org.kde.ktimer",
    "alarm-clock-applet",
    "io.elementary.clock",
    "mate-timer-applet",
    "org.gnome.Solanum",
    "org.gnome.Evolution-alarm-notify",
)

#: Starred, and as what they are met.
PEOPLE = (
    ("Ada", "Ada"),
    ("Ada", "ADA (3 messages)"),
    ("Bo Li", "Bo  Li"),
    ("Zoë", "Zoe\u0308"),
    ("Zoe\u0308", "Zoë"),
    ("Ирина", "Ирина Петрова"),
    ("山田", "山田さん"),
    ("山田", "新着: 山田太郎"),
    ("김철수", "김철수님"),
    ("สมชาย", "คุณสมชาย"),
    ("Müller & Söhne", "Müller & Söhne"),
    ("José", "Jose\u0301 via Signal"),
    ("Ｙｕｋｉ", "Yuki"),
    ("Đỗ", "Đỗ Minh"),
)
