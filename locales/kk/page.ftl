### Беттер: бәріне ортақ мәтіндер және өтініш берушілерге арналған беттер.

page-brand = Дербес деректер бойынша өтініштер
page-skip = Негізгі бөлікке өту
page-languages = Тіл
page-foot = Otinish жүйесінде жұмыс істейді. Өтініштер Қазақстан Республикасының «Дербес деректер және оларды қорғау туралы» № 94-V Заңы бойынша қаралады.
page-to-start = Бастапқы бетке
page-try-again = Қайталап көру
page-begin-again = Басынан бастау
page-trace = Бұл туралы жазсаңыз, мына нөмірді көрсетіңіз: { $id }.
page-landing-title = Сіздің дербес деректеріңіз — Сіздің құқықтарыңыз
page-landing-lead = Ұйымды таңдаңыз. Ол Сіз туралы не білетінін сұрай аласыз, деректерді түзеттіре, бұғаттата немесе жойдыра аласыз, келісімді кері қайтара аласыз немесе шағымдана аласыз.

## Нысан

page-optional = міндетті емес
page-error-prefix = Қате:
page-mistakes = Әзірге болмады
page-next = Әрі қарай
page-back = Артқа
page-sent-before = Осы нысаннан басқа жауаптары бар өтініш жіберіліп қойған. Тағы бір өтініш бергіңіз келсе, «Жіберу» батырмасын тағы басыңыз.
page-send = Өтінішті жіберу
page-change = Өзгерту
page-was-due = Мерзімі: { $date }
page-how-counted = Мерзімді қалай есептейміз
page-step-of = 4 қадамның { $step }-қадамы.
page-step-1 = Не сұрағыңыз келеді?
page-step-2 = Сіз туралы
page-step-3 = Толығырақ
page-step-4 = Жауаптарыңызды тексеріңіз
page-step-hint-1 = Күмәндансаңыз, ең жақынын таңдаңыз: біз дұрыстаймыз.
page-step-hint-2 = Жеке куәліктің көшірмесі керек емес және қабылданбайды.
page-step-hint-3 = Осы өтінішке керегі ғана.
page-step-hint-4 = Әзірге ештеңе жіберілген жоқ.
page-heading-subject = Бұл кімнің деректері
page-heading-representative = Сіз — өкілсіз
page-heading-no-iin = ЖСН болмаса
page-heading-correction = { $number }-түзету
page-service-all = Барлық сервистер
page-capacity-subject = Өзім үшін
page-capacity-representative = Басқа адам үшін
page-agreement-may-end = Шарттың тоқтатыла тұруы немесе тоқтатылуы мүмкін екенін түсінемін
page-label-kind = Өтініш
page-label-service = Қай сервис туралы?
page-label-capacity = Кім үшін жүгініп отырсыз?
page-label-subject-full_name = Тегі, аты, әкесінің аты
page-hint-subject-full_name = Жеке куәліктегідей. Әкесінің аты — болса.
page-label-subject-iin = ЖСН
page-hint-subject-iin = 12 цифр; олар арқылы деректерді тауып, кім жүгінгенін білеміз.
page-label-subject-email = Электрондық пошта
page-hint-subject-email = Растау коды мен жауап туралы хабарлама осында келеді.
page-label-subject-phone = Телефон
page-label-subject-birth_date = Туған күні
page-label-subject-other_id-type = Құжаттың түрі
page-hint-subject-other_id-type = Мысалы: шетел азаматының паспорты.
page-label-subject-other_id-country = Құжатты берген ел
page-hint-subject-other_id-country = Екі латын әрпі, мысалы UZ.
page-label-subject-other_id-number = Құжаттың нөмірі
page-label-submitted_by-full_name = Сіздің тегіңіз, атыңыз, әкеңіздің аты
page-label-submitted_by-email = Сіздің электрондық поштаңыз
page-hint-submitted_by-email = Растау коды мен жауап туралы хабарлама осында келеді.
page-label-submitted_by-phone = Сіздің телефоныңыз
page-label-submitted_by-authority = Бұл адамның атынан қандай негізде әрекет етесіз?
page-label-submitted_by-document-type = Оны растайтын құжат
page-hint-submitted_by-document-type = Мысалы: туу туралы куәлік, сенімхат.
page-label-submitted_by-document-number = Оның нөмірі
page-label-submitted_by-document-date = Оның күні
page-label-submitted_by-document-issuer = Кім берді
page-label-submitted_by-document-valid_until = Қай күнге дейін жарамды
page-label-corrections-field = Нені түзету немесе толықтыру керек?
page-hint-corrections-field = Мысалы: телефон нөмірі, тегі.
page-label-corrections-current = Қазір қалай көрсетілген
page-label-corrections-desired = Қалай болуы керек
page-label-deletion-desired_result = Деректермен не істеу керек?
page-label-deletion-data_categories = Қай деректермен?
page-hint-deletion-data_categories = Ештеңе таңдамасаңыз — барлығымен.
page-label-withdrawal-scope = Қай келісімді кері қайтарып аласыз?
page-label-withdrawal-purposes = Қай мақсаттар үшін?
page-hint-withdrawal-purposes = Келісімді жекелеген мақсаттар үшін ғана кері қайтарсаңыз.
page-label-withdrawal-cookie_categories = Қай cookie файлдары?
page-hint-withdrawal-cookie_categories = Ештеңе таңдамасаңыз — өшіруге болатындардың бәрі.
page-label-withdrawal-device = Cookie немесе құрылғы идентификаторы
page-label-acknowledged = Білуіңіз керек
page-label-objection-to = Неге қарсысыз?
page-hint-objection-to = Адамның қатысуынсыз қабылданған шешімді немесе автоматтандырылған өңдеуді сипаттаңыз.
page-label-claim-remedy = Не талап етесіз?
page-label-claim-about = Бұрынғы өтініштің нөмірі
page-label-grounds = Неге?
page-hint-grounds = Сәйкес келетінінің бәрін белгілеңіз.
page-label-published_at = Деректер қайда жарияланған
page-hint-published_at = Әр жолға бір сілтеме.
page-label-details = Тағы нені білуіміз керек

## Құқықтар қарапайым сөзбен

page-kind-access = Сіз туралы не белгілі, қайдан алынған, не үшін және қанша уақыт сақталатынын білу. Тегін.
page-kind-correction = Қате немесе ескірген деректерді түзету, жетпегенін қосу.
page-kind-blocking = Бұзушылық тексерілгенше деректерді пайдалануды тоқтата тұру.
page-kind-deletion = Заңсыз сақталған немесе енді керек емес деректерді жою.
page-kind-consent_withdrawal = Келісімді толық немесе ішінара кері қайтарып алу.
page-kind-objection = Сіз туралы автоматты түрде қабылданған шешімді адамның қарауына беру.
page-kind-claim = Бұзылған құқықты қалпына келтіруді талап ету.
page-kind-title-cookies = Осы құрылғыдағы cookie файлдары
page-kind-cookies = Cookie файлдарына келісімді кері қайтару. Электрондық пошта жеткілікті.
page-article-access = № 94-V Заң, 24-бап, 1-тармақ, 1) тармақша
page-article-correction = № 94-V Заң, 24-бап, 1-тармақ, 2) тармақша
page-article-blocking = № 94-V Заң, 24-бап, 1-тармақ, 3) тармақша
page-article-deletion = № 94-V Заң, 24-бап, 1-тармақ, 4) тармақша және 18-бап
page-article-consent_withdrawal = № 94-V Заң, 8-бап, 7-тармақ және 24-бап, 1-тармақ, 5) тармақша
page-article-objection = № 94-V Заң, 19-1-бап
page-article-claim = № 94-V Заң, 24-бап, 1-тармақ, 7) тармақша және 30-бап

## Оператордың беті

page-operator-title = Не сұрағыңыз келеді?
page-operator-lead = Керегін таңдаңыз. Бес минуттай уақыт алады; жауап беретін күнді жібермей тұрып көресіз.
page-law = Бұл құқықтарды Қазақстан Республикасының «Дербес деректер және оларды қорғау туралы» № 94-V Заңы береді.
page-law-link = Заңды оқу
page-fictitious = Мұндай ұйым жоқ: бұл — үлгі. Нақты деректеріңізді жібермеңіз.
page-contacts = Байланыс
page-responsible = Дербес деректерге жауапты адам
page-email = Электрондық пошта
page-phone = Телефон
page-address = Мекенжай
page-operator = Ұйым
page-known-title = Өтінішті ашу
page-known-text = Бұрын жүгіндіңіз бе? Өтініштің барысын көріңіз, бізге жазыңыз немесе жауапты оқыңыз.
page-known-link = Өтінішті ашу

## Өтініш беті

page-label-reference = Өтініш нөмірі
page-hint-reference = Ол хатта тұр, мынадай болады: KTP-7F3K-9Q2M-X.
page-label-secret = Құпия сөз
page-hint-secret = Хаттағы сілтемеде «token=» дегеннен кейінгі ұзын сөз.
page-secret-lead = Ең оңайы — хатымыздағы сілтемені ашу. Ол қолыңызда болмаса, нөмір мен құпия сөзді теріңіз.
page-wrong-secret = Нөмір мен құпия сөз бір-біріне сәйкес емес. Екеуін де тексеріңіз.
page-open = Ашу
page-today = бүгін
page-overdue = Мерзім өтіп кетті. Кешірім сұраймыз. Бізге жазыңыз немесе шағымданыңыз.
page-where-to-complain = Қайда шағымдануға болады
page-due-today = Бүгін — соңғы күн
page-days-left = { $days ->
    [one] { $days } жұмыс күні қалды
   *[other] { $days } жұмыс күні қалды
}
page-outer-limit = Шекті мерзім — { $date }.
page-answer-ready = Жауап дайын
page-read-answer = Жауапты оқу
page-confirm-title = Электрондық мекенжайды растаңыз
page-confirm-text = Сізге сілтемесі мен алты цифрлы коды бар хат жібердік. Сілтемені ашыңыз немесе кодты осында енгізіңіз. Мерзім басталып кетті; код арқылы өтініш Сіздікі екенін білеміз.
page-confirm-by-link = Сіз біздің хаттағы сілтемені аштыңыз. Батырманы басыңыз, сонда мекенжай расталады.
page-confirm-button = Растау
page-label-code = Хаттағы код
page-resend = Жаңа код жіберу
page-clocks = Мерзім
page-timeline = Барысы
page-question-waits = Сізге сұрағымыз бар. Мерзімдер жүріп жатыр.
page-read-question = Оқып, жауап беру
page-messages = Хабарламалар
page-label-text = Хабарлама жазу
page-from-requester = Сіз
page-from-staff = Ұйым
page-send-message = Жіберу
page-files = Файлдар
page-file = Файл қосу
page-file-hint = PDF, JPEG, PNG, HEIC, DOCX, TXT, EML немесе P7S, 10 МБ дейін. Жеке куәліктің көшірмесі керек емес.
page-send-file = Файлды жіберу
page-scan-unscanned = антивирус әлі тексерген жоқ
page-scan-too_large = антивирус үшін тым үлкен
page-scan-infected = жабық: антивирус зиянды мазмұн тапты
page-kilobytes = { $size } КБ
page-cancel-title = Өтінішті кері қайтару
page-cancel-text = Біз онымен жұмысты тоқтатамыз. Жаңасын кез келген уақытта жібере аласыз.
page-label-reason = Неге
page-cancel-button = Кері қайтару
page-receipt-link = Басып шығаратын түбіртек
page-proof-link = Тарихты дәлелімен жүктеп алу
page-leave = Шығу: осы құрылғыда сақтамау

## Түбіртек

page-receipt-title = Өтінішіңізді алдық
page-receipt-keep = Осы нөмірді сақтап қойыңыз. Ол Сізге жіберілген хатта да бар.
page-received = Түскен уақыты
page-next-title = Әрі қарай не болады
page-next-confirm = Электрондық мекенжайыңызды растаңыз: хатымыздағы сілтемені ашыңыз немесе ондағы кодты енгізіңіз.
page-next-check = Кім жүгінгенін тексереміз. Тағы бір нәрсе керек болса, Сізге жазамыз.
page-next-answer = Жауап дайын болғанда Сізге хат келеді.
page-to-confirm = Кодты енгізу
page-to-request = Өтінішке өту
page-to-request-tab = Өтінішті жаңа қойындыда ашу
page-complain = Келіспесеңіз

## Жауап

page-answer-title = Өтінішке жауап
page-decisions = Шешімдер
page-grounds = Негіздер
page-decision-granted = қанағаттандырылды
page-decision-refused = бас тартылды

## Қателер адамдарға арналған сөздермен: бағдарламалау интерфейсінің сөздері бағдарламашыларға арналған жерлерде

page-problem-method_not_allowed-title = Бұл бет олай ашылмайды
page-problem-method_not_allowed-detail = Ол тек нысан жіберген мәліметті қабылдайды. Нысаны бар бетке оралыңыз немесе бірінші беттен бастаңыз.
page-problem-bad_request-title = Сұрау түсініксіз
page-problem-bad_request-detail = Браузер жіберген мәлімет толық келмеді. Артқа қайтып, бетті қайта жүктеңіз де, тағы бір рет көріңіз.
page-problem-unsupported_media_type-title = Мұндай файл қабылданбайды
page-problem-unsupported_media_type-detail = PDF, JPEG, PNG, HEIC, макроссыз DOCX, TXT, EML немесе P7S жіберіңіз. Файлдың аты емес, ішіндегісі маңызды.
page-problem-not_acceptable-title = Бетті көрсету мүмкін емес
page-problem-not_acceptable-detail = Браузер бұл бетті бізде жоқ түрде сұрайды. Оны басқа браузерде ашыңыз.

## Өтіп кеткен мерзімдер

page-clock-overdue = Мерзімі өтті
page-clock-late = Кеш орындалды
page-clock-due = Мерзімі: { $day }
