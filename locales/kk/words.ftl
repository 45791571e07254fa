### Өнімнің сөздері: кілт — қосымша мен сөздіктегі атау, кодтың өзі құрастырады.

## Күндер. month-from — шығыс септігі: «25 қарашадан кешіктірмей», «21 қарашадан кейін»

month-1 = қаңтар
month-2 = ақпан
month-3 = наурыз
month-4 = сәуір
month-5 = мамыр
month-6 = маусым
month-7 = шілде
month-8 = тамыз
month-9 = қыркүйек
month-10 = қазан
month-11 = қараша
month-12 = желтоқсан
month-from-1 = қаңтардан
month-from-2 = ақпаннан
month-from-3 = наурыздан
month-from-4 = сәуірден
month-from-5 = мамырдан
month-from-6 = маусымнан
month-from-7 = шілдеден
month-from-8 = тамыздан
month-from-9 = қыркүйектен
month-from-10 = қазаннан
month-from-11 = қарашадан
month-from-12 = желтоқсаннан
weekday-1 = дүйсенбі
weekday-2 = сейсенбі
weekday-3 = сәрсенбі
weekday-4 = бейсенбі
weekday-5 = жұма
weekday-6 = сенбі
weekday-7 = жексенбі
date-full = { $year } жылғы { $day } { $month }
date-from = { $year } жылғы { $day } { $month }
date-weekday = { $year } жылғы { $day } { $month }, { $weekday }
date-day-month = { $day } { $month }
date-time = { $date }, { $time }, Алматы уақыты (UTC+{ $offset })
date-by = { $year } жылғы { $day } { $month } ({ $weekday }) кешіктірмей
date-by-opening = { $year } жылғы { $day } { $month } ({ $weekday }) кешіктірмей
date-range-in-month = { $first }–{ $last } { $month }
date-range = { $first } – { $last }
list-and = { $first } және { $last }

## Өтініш түрлері

kind-access = Дербес деректерге қол жеткізу
kind-correction = Дербес деректерді өзгерту және толықтыру
kind-blocking = Дербес деректерді бұғаттау
kind-deletion = Дербес деректерді жою
kind-consent_withdrawal = Келісімді кері қайтарып алу
kind-objection = Автоматтандырылған өңдеуге қарсылық
kind-claim = Кінәрат-талап (претензия)
kind-short-access = Қол жеткізу
kind-short-correction = Өзгерту
kind-short-blocking = Бұғаттау
kind-short-deletion = Жою
kind-short-consent_withdrawal = Келісімді кері қайтару
kind-short-objection = Қарсылық
kind-short-claim = Кінәрат-талап

## Өтініш беруші көретін мәртебелер

status-submitted = Мекенжайды растауды күтеміз
status-verification = Кім жүгінгенін тексереміз
status-review = Қаралуда
status-clarification = Сіздің жауабыңызды күтеміз
status-preparation = Жауап дайындалуда
status-approval = Жауап тексерілуде
status-execution = Шешім орындалуда
status-answered = Жауап дайын
status-cancelled = Кері қайтарып алынды
status-dismissed = Қаралмай жабылды

## Қызметкерлер көретін мәртебелер

status-staff-submitted = Мекенжай расталмаған
status-staff-verification = Жеке басын тексеру
status-staff-review = Қарау
status-staff-clarification = Өтініш берушіні күтеміз
status-staff-preparation = Жауап дайындау
status-staff-approval = Бекітуде
status-staff-execution = Орындау
status-staff-answered = Жауап берілді
status-staff-cancelled = Өтініш беруші қайтарып алды
status-staff-dismissed = Өтініш емес

## Хаттың күйлері

status-staff-pending = Жіберуді күтуде
status-staff-sent = Жіберілді
status-staff-dead = Жеткізілмеді
status-staff-to_post = Поштамен жіберу керек
status-staff-posted = Поштамен жіберілді
status-staff-withdrawn = Енді жіберу қажет емес

## Бұғаттау және бұзушылық

blocking-none = Бұғатталмаған
blocking-provisional = Уақытша бұғатталған
blocking-final = Бұғатталған
violation-none = Бұзушылық туралы айтылмаған
violation-alleged = Бұзушылық туралы мәлімделген
violation-confirmed = Бұзушылық расталды
violation-dismissed = Бұзушылық расталмады

## Нәтиже

outcome-granted = Қанағаттандырылды
outcome-partly_granted = Ішінара қанағаттандырылды
outcome-refused = Бас тартылды
outcome-no_data_held = Деректер жоқ

## Мерзімдер

clock-claim_response = Өтінішке жауап беру
clock-information = Мәлімет беру
clock-document_request = Құжаттарды сұрату
clock-correction = Деректерді өзгерту
clock-blocking = Деректерді бұғаттау
clock-publication_removal = Жалпыға қолжетімді көздерден алып тастау
clock-deletion_decision = Жою туралы шешім
clock-destruction = Деректерді жою
clock-unblocking = Бұғаттауды алып тастау
clock-withdrawal = Өңдеуді тоқтату
clock-objection = Қарсылықты қарау
clock-consumer_claim = Тұтынушының кінәрат-талабына жауап беру
clock-state-waiting = Әлі басталған жоқ
clock-state-running = Жүріп жатыр
clock-state-met = Орындалды
clock-state-void = Күші жойылды
basis-statutory = Заң бойынша
basis-contract = Оператордың шарты немесе саясаты бойынша
basis-policy = Сервис қағидалары бойынша
certainty-verified = Заң мәтіні бойынша тексерілген
certainty-secondary = Жанама дереккөз бойынша
certainty-inferred = Заң мәтінінен шығарылған тұжырым

## Өтініш беруші атайтын негіздер

ground-incomplete = Деректер толық емес
ground-outdated = Деректер ескірген
ground-inaccurate = Деректер дұрыс емес
ground-unlawfully_obtained = Деректер заңсыз алынған
ground-obtained_without_basis = Деректер негізсіз алынған
ground-no_consent = Өңдеуге келісім жоқ
ground-beyond_purpose = Деректер мәлімделген мақсаттан тыс пайдаланылып отыр
ground-not_needed = Деректер өңдеу мақсаты үшін қажет емес
ground-purpose_reached = Өңдеу мақсатына қол жеткізілген
ground-relations_ended = Оператормен қатынастар тоқтатылған
ground-court_decision = Заңды күшіне енген сот шешімі бар
ground-own_wish = Өз қалауы бойынша
ground-other = Басқа негіз

## Адамдар мен арналар

channel-web = Сайттағы нысан
channel-email = Электрондық пошта
channel-paper = Қағаз хат
channel-in_person = Жеке қабылдау
capacity-subject = Деректер субъектісінің өзі
capacity-representative = Өкіл
capacity-authorised_body = Уәкілетті орган
authority-parent = Ата-ана
authority-guardian = Қорғаншы
authority-trustee = Қамқоршы
authority-adoptive_parent = Бала асырап алушы
authority-power_of_attorney = Сенімхат бойынша өкіл
authority-advocate = Адвокат
authority-relative_of_deceased = Қайтыс болған адамның туысы
authority-other = Өкілдік етудің басқа негізі
role-agent = Орындаушы
role-dpo = Жауапты тұлға
role-auditor = Аудитор
role-admin = Әкімші
language-kk = қазақ тілі
language-ru = орыс тілі
language-en = ағылшын тілі

## Жою, келісімді қайтару, жеке басын тексеру

desired-delete = Жою
desired-anonymise = Иесіздендіру
desired-restrict = Өңдеуді шектеу
scope-all = Келісім толығымен
scope-purposes = Жекелеген мақсаттар
scope-publication = Жалпыға қолжетімді көздерде жариялау
scope-third_parties = Үшінші тұлғаларға беру
scope-cross_border = Трансшекаралық беру
scope-cookies = Cookie файлдары
method-records = Оператордың жазбалары бойынша
method-in_person = Жүзбе-жүз кездескенде
method-phone = Телефон арқылы
method-eds = ЭЦҚ арқылы
method-other = Басқа тәсілмен
verification-confirmed = Жеке басы расталды
verification-not_confirmed = Жеке басы расталмады

## Әрекеттер: батырмаларда және қате туралы хабарларда осылай тұрады

action-submit = Өтініш беру
action-record = Өтінішті жазып алу
action-confirm_email = Мекенжайды растау
action-assign = Орындаушыны тағайындау
action-verify = Жеке басын тексеруді белгілеу
action-ask = Сұрақ қою
action-reply = Сұраққа жауап беру
action-start = Жауап дайындауды бастау
action-propose = Жауап ұсыну
action-approve = Жауапты бекіту
action-send_back = Пысықтауға қайтару
action-complete = Орындалғанын белгілеу
action-reopen = Дайындауға қайтару
action-cancel = Өтінішті кері қайтарып алу
action-dismiss = Жабу: бұл өтініш емес
action-block = Деректерді бұғаттау
action-unblock = Бұғаттауды алып тастау
action-mark_violation = Ықтимал бұзушылықты белгілеу
action-confirm_violation = Бұзушылықты растау
action-dismiss_violation = Бұзушылық расталмады деп белгілеу
action-documents_received = Құжаттар келгенін белгілеу
action-waive_documents = Құжатсыз қарау
action-mark_consumer = Тұтынушының кінәрат-талабы деп белгілеу
action-reclassify = Өтініш түрін өзгерту
action-amend_receipt = Қабылданған күнін түзету
action-note = Ескертпе қосу
action-messages = Хабарлама жіберу
action-attachments = Файл жіберу
action-resend = Хатты қайта жіберу
action-resend_code = Жаңа код алу
