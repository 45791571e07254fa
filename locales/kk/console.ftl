### Қызметкерлердің жұмыс орны.

console-brand = Қызметкерлерге арналған Otinish
console-nav = Бөлімдер
console-nav-queue = Өтініштер
console-nav-account = Менің есептік жазбам
console-sign-out = Шығу
console-sign-in-title = Кіру
console-sign-in-lead = Ұйымдардың қызметкерлері үшін. Өтініш берген болсаңыз, хаттағы сілтемені ашыңыз.
console-sign-in-button = Кіру
console-external-button = { $name } арқылы кіру
console-external-or = немесе пошта мекенжайы мен құпиясөзбен:
console-code-title = Тағы бір қадам
console-code-lead = Кіру қолданбасындағы кодты немесе қосалқы кодты енгізіңіз.
console-code-button = Жалғастыру
console-code-other = Басқа есептік жазбамен кіру
console-wrong-password = Пошта мекенжайы немесе құпиясөз қате. Екеуін де тексеріңіз; бас әріптер ескеріледі.
console-wrong-code = Код қате немесе ескірген. Қолданба қазір көрсетіп тұрған кодты енгізіңіз немесе қайтадан бастаңыз.

## Пернелер

console-keys = Пернелер
console-key-move = Келесі және алдыңғы өтініш
console-key-open = Оны ашу
console-key-take = Ашық өтінішті алу
console-key-search = Іздеу
console-key-help = Осы тізім
console-close = Жабу

## Кезек

console-views = Кезектің бөліктері
console-view-all = Барлығы
console-view-mine = Менікі
console-view-unassigned = Орындаушысы жоқ
console-view-today = Мерзімі бүгін
console-view-overdue = Мерзімі өткен
console-view-week = Мерзімі жеті күн ішінде
console-view-approval = Бекітуді күтуде
console-view-waiting = Өтініш берушіні күтудеміз
console-view-blocked = Уақытша бұғатталған
console-search = Нөмір, ЖСН, пошта немесе телефон
console-find = Табу
console-found = Табылғаны
console-found-nothing = Ештеңе табылмады. Нөмір, ЖСН, пошта мекенжайы немесе телефон дәл көрсетілуі керек.
console-filters = Іріктеу
console-filter-operator = Ұйым
console-filter-kind = Түрі
console-filter-status = Күйі
console-filter-due = Мерзімі
console-filter-assignee = Орындаушы
console-filter-blocking = Бұғаттау
console-filter-channel = Қалай түсті
console-filter-sort = Реті
console-filter-received_from = Түскен күні, бастап
console-filter-received_to = Түскен күні, дейін
console-any = Кез келген
console-assignee-me = Мен
console-assignee-none = Ешкім
console-sort-due = Алдымен мерзімі жақын
console-sort-received = Алдымен ескілері
console-apply = Көрсету
console-clear = Іріктеуді алып тастау
console-empty = Әзірге өтініш жоқ. Адамдар жібергені осында шығады.
console-empty-filtered = Сәйкес өтініш жоқ. Барлығын көру үшін іріктеуді алып тастаңыз.
console-list-changed = Тізім жаңартылды
console-first-page = Бірінші бетке
console-next-page = Келесі бет
console-col-due = Мерзімі
console-col-request = Өтініш
console-col-who = Адам
console-col-status = Күйі
console-col-assignee = Орындаушы
console-col-received = Түсті
console-overdue-by = { $days ->
    [0] мерзімі өтті
   *[other] { $days } жұмыс күніне кешікті
}
console-due-today = бүгін 24:00-ге дейін
console-days-left = { $days ->
    [0] жұмыс күні қалмады
   *[other] { $days } жұмыс күні қалды
}
console-no-deadline = Мерзім жүріп жатқан жоқ
console-no-name = Аты жоқ
console-nobody = Ешкім
console-away-until = орнында жоқ, соңғы күні: { $date }
console-flag-duplicate = Қайталану мүмкін
console-flag-hold = Жоюға тыйым
console-flag-consumer = Тұтынушы
console-flag-unconfirmed = Мекенжай расталмаған
console-flag-destroyed = Деректер жойылған

## Өтініш

console-to-queue = Барлық өтініштер
console-next = Қазір не істеуге болады
console-take = Өтінішті алу
console-person = Адам
console-submitter = Осы адам үшін өтініш беруші
console-asked = Не сұралады
console-answer = Жауап
console-messages = Хабарламалар мен жазбалар
console-message-question = Өтініш берушіге сұрақ
console-message-reply = Өтініш берушінің жауабы
console-message-addition = Өтініш берушіден
console-message-note = Әріптестің жазбасы
console-hidden = Көрсетілмейді
console-file = Файл
console-add-file = Файлды қосу
console-history = Тарихы
console-facts = Өтініш туралы
console-masked = Дербес деректер жасырылған: өтініш Сізге тағайындалмаған. Оны алыңыз немесе жауапты адамға жүгініңіз.
console-duplicate = Бұл мына өтініштің қайталануы болуы мүмкін:
console-nothing-left = Дербес деректер сақтау мерзімі өткенде жойылды.
console-changed = Біреу осы өтінішті өзгертті.
console-reload = Жаңасын көрсету
console-by-staff = Әріптес
console-by-requester = Өтініш беруші
console-by-system = Otinish
console-fact-name = Аты-жөні
console-fact-iin = ЖСН
console-fact-birth-date = Туған күні
console-fact-other-id = Шетелдік құжат
console-fact-email = Пошта
console-fact-phone = Телефон
console-fact-address = Пошталық мекенжай
console-fact-bin = БСН
console-fact-capacity = Кім жүгінеді
console-fact-authority = Негізі
console-fact-document = Құжат
console-fact-issuer = Кім берген
console-fact-valid-until = Қолданылу мерзімі
console-fact-grounds = Негіздер
console-fact-desired = Тілегі
console-fact-categories = Деректер санаттары
console-fact-scope = Ауқымы
console-fact-purposes = Мақсаттар
console-fact-cookies = Cookie файлдары
console-fact-device = Құрылғы
console-fact-objection = Неге қарсы
console-fact-remedy = Не талап етеді
console-fact-about = Қай өтініш бойынша
console-fact-published = Қайда жарияланған
console-fact-details = Өз сөзімен
console-fact-assignee = Орындаушы
console-fact-channel = Қалай түсті
console-fact-received = Түсті
console-fact-recorded = Енгізілді
console-fact-language = Жауап тілі
console-fact-service = Сервис
console-fact-edition = Саясаттың редакциясы
console-fact-address-proven = Мекенжай расталды
console-fact-identity = Жеке басы расталды
console-fact-documents = Құжаттар алынды
console-fact-recorder = Енгізген
console-fact-verifier = Жеке басын тексерген
console-fact-proposer = Жауапты ұсынған
console-fact-approver = Жауапты бекіткен
console-fact-kept-until = Деректер сақталатын күн
console-fact-destroyed = Деректер жойылды
console-fact-outcome = Нәтижесі
console-fact-refusal-grounds = Бас тарту негіздері
console-fact-letter = Хат

## Әрекеттер

console-check = Не жіберілетінін тексеру
console-check-again = Қайта тексеру
console-cancel = Өзгеріссіз артқа
console-preview = Мыналар жіберіледі
console-preview-none = Бұл әрекетпен ештеңе жіберілмейді.
console-mail-to-requester = Өтініш берушіге электрондық хат
console-mail-by-post = Өтініш берушіге қағаз хат: басып шығарып, жіберу керек
console-mail-to-colleague = Электрондық хат: { $name }
console-mail-to-head = Ұйым басшысына электрондық хат
console-stale = Біреу бұрын үлгерді, ештеңе қайта жазылған жоқ. Қазіргі күйі:
console-stale-next = Мәтініңіз төменде сақталды. Жаңасын қарап, қайта жіберіңіз.
console-open-request = Өтінішті жаңа бетте ашу
console-compose = Осы нәтижеге арналған мәтінді қою
console-heading-not-confirmed = Жеке басы расталмады: бас тарту хаты
console-heading-grounds = Бас тарту негіздері
console-heading-decision = Жеке тармақ бойынша шешім № { $number }
console-ground-text = «{ $ground }»: нақты не қолданылады
console-no-ground = Негізсіз
console-lead-verify = Жіберілгенді өз жазбаларыңызбен салыстырыңыз. Жеке куәліктің көшірмесін сұрамаңыз.
console-lead-ask = Адам сұраққа сілтемесі бар хат алады. Мерзімдер жүре береді.
console-lead-propose = Жауапты басқа әріптес — жауапты адам бекітеді; содан кейін ғана ол жіберіледі.
console-lead-approve = Осыдан кейін жауап түпкілікті. Алдымен оны өтініш бетінен қараңыз.
console-lead-complete = Не істелгенін жазыңыз. Содан кейін өтініш беруші жауапты алады.
console-lead-dismiss = Тек спам мен сынақтар үшін. Мұндай өтініш есептелмейді, адам жауап алмайды.
console-lead-note = Жазбаларды тек әріптестер көреді.
console-lead-hold = Тыйым тұрғанда өтініштен ештеңе жойылмайды. Оны басқа жауапты адам алып тастайды.
console-lead-reclassify = Түскен күні сақталады, мерзімдер жаңа түрге сай болады.
console-lead-amend_receipt = Барлық мерзімдер осы сәттен қайта есептеледі.
console-label-email = Пошта
console-label-password = Құпиясөз
console-label-code = Код
console-label-assignee = Өтініш кімге беріледі?
console-label-text = Мәтін
console-label-reason = Себебі
console-label-result = Нәтижесі
console-label-method = Қалай тексерілді?
console-label-checked = Не тексерілді?
console-label-note = Әріптестерге жазба
console-label-letter = Өтініш берушіге хат
console-letter-unfilled = { $place } орнын толтырыңыз немесе алып тастаңыз
console-hint-letter = Тік жақшадағыны толықтырыңыз.
console-label-outcome = Нәтижесі
console-label-ground = Негіздер
console-label-decisions-about = Тармақ
console-label-decisions-result = Шешім
console-label-decisions-grounds = Бас тарту негізі
console-label-decisions-text = Негіздеме
console-label-received_at = Қашан түсті?
console-hint-received_at = Алматы уақыты бойынша күні мен сағаты.
console-label-done_on = Қай күні істелді?
console-hint-done_on = Толтырмасаңыз — бүгін.
console-label-consumer = Бұл тұтынушының кінәрат-талабы ма?
console-label-kind = Өтініш түрі
console-consumer-yes = Иә
console-consumer-no = Жоқ
console-checked-subject = Адам — өзі айтқан адам
console-checked-representative = Өкіл — өзі айтқан адам
console-checked-authority = Өкілдің өкілеттігі бар

## Жауап басталатын мәтіндер

compose-end = Келіспесеңіз, уәкілетті органға немесе сотқа жүгіне аласыз; оны қалай жасау керектігі төменде айтылған.
compose-access-granted = Сіз бізде қандай дербес деректеріңіз бар екенін және онымен не істейтінімізді сұрадыңыз. Бізде мыналар бар: [санаттар бойынша деректер]. Оларды мына мақсаттарда өңдейміз: [мақсаттар], негізі: [келісім немесе норма]. Оларды мынадан алдық: [көзі]. Сақталатын мерзімі: [мерзім]. Мыналарға берілді: [алушылар немесе ешкімге].
compose-access-partly_granted = Сіз дербес деректеріңіз туралы сұрадыңыз. Төменде тізілгенін хабарлаймыз. Қалғанын хабарлай алмаймыз — себебі әр тармақта көрсетілген.
compose-access-refused = Сіз дербес деректеріңіз туралы сұрадыңыз. Төменде аталған себептермен мәлімет бере алмаймыз: [нақты не кедергі].
compose-access-no_data_held = Сіз дербес деректеріңіз туралы сұрадыңыз. Сіз көрсеткен мәліметтер бойынша [жүйелер мен мұрағаттар] іздедік және Сіз туралы дербес деректерді сақтамаймыз.
compose-correction-granted = Сіз дербес деректерді өзгертуді сұрадыңыз. Біз оларды түзетеміз: [өріс: бұрын, енді]. Бұрынғы деректер берілгендерге хабарланды: [алушылар немесе ешкімге].
compose-correction-partly_granted = Сіз дербес деректерді өзгертуді сұрадыңыз. Нені түзететініміз, нені түзетпейтініміз төменде тармақтар бойынша негіздемесімен көрсетілген.
compose-correction-refused = Сіз дербес деректерді өзгертуді сұрадыңыз. Төменде аталған себептермен бұлай істей алмаймыз. Жіберілгені деректердің қате екенін растамайды: [не жетпейді].
compose-blocking-granted = Сіз дербес деректерді бұғаттауды сұрадыңыз. Біз оларды бұғаттаймыз: [қандай деректер, қай жүйелерде]. Бұғаттау алынғанға дейін олар сақталады және пайдаланылмайды.
compose-blocking-partly_granted = Сіз дербес деректерді бұғаттауды сұрадыңыз. Не бұғатталғаны, не бұғатталмағаны төменде тармақтар бойынша негіздемесімен көрсетілген.
compose-blocking-refused = Сіз дербес деректерді бұғаттауды сұрадыңыз. Олардың заңсыз өңделіп жатқан-жатпағанын тексеріп, бұзушылық таппадық: [не тексерілді және нәтижесі қандай].
compose-deletion-granted = Сіз дербес деректерді жоюды сұрадыңыз. Біз оларды жоямыз: [қандай деректер, қай жүйелерде]. Олар берілгендерге хабарланды: [алушылар немесе ешкімге].
compose-deletion-partly_granted = Сіз дербес деректерді жоюды сұрадыңыз. Не жойылатыны, не сақталуы тиіс екені төменде тармақтар бойынша нормасымен және мерзімімен көрсетілген.
compose-deletion-refused = Сіз дербес деректерді жоюды сұрадыңыз. Біз оларды сақтауға міндеттіміз: [акт, бап және мерзім немесе орындалмаған міндеттеме]. Мерзім өткенде деректер жойылады.
compose-consent_withdrawal-granted = Сіз келісімді кері қайтардыңыз. Соған негізделген өңдеуді тоқтатамыз: [мақсаттар] және тек осы мақсаттар үшін сақталған деректерді жоямыз.
compose-consent_withdrawal-partly_granted = Сіз келісімді кері қайтардыңыз. Не тоқтайтыны, не заң немесе шарт бойынша жалғасатыны төменде тармақтар бойынша нормасымен көрсетілген.
compose-consent_withdrawal-refused = Сіз келісімді кері қайтардыңыз. Өңдеу жалғасады, өйткені кері қайтару заңға қайшы немесе орындалмаған міндеттеме бар: [акт пен бап немесе міндеттеме].
compose-objection-granted = Сіз тек автоматтандырылған өңдеумен қабылданған шешімге қарсылық білдірдіңіз. Біз оның күшін жойдық; мәселені адам қайта қарады: [нәтижесі].
compose-objection-partly_granted = Сіз автоматтандырылған өңдеуге қарсылық білдірдіңіз. Не өзгеретіні, не қалатыны төменде тармақтар бойынша негіздемесімен көрсетілген.
compose-objection-refused = Сіз автоматтандырылған өңдеуге қарсылық білдірдіңіз. Мәселені адам қайта қарады, шешім күшінде қалады: [негіздеме].
compose-claim-granted = Біз Сіздің кінәрат-талабыңызды қарадық және оны қанағаттандырамыз: [не істеледі және қашан].
compose-claim-partly_granted = Біз Сіздің кінәрат-талабыңызды қарадық. Нені қанағаттандыратынымыз, нені қанағаттандырмайтынымыз төменде тармақтар бойынша негіздемесімен көрсетілген.
compose-claim-refused = Біз Сіздің кінәрат-талабыңызды қарадық және оны қанағаттандыра алмаймыз: [негіздеме].

## Не кедергі

console-preview-changed = Жіберілетінін қарағаннан кейін бірдеңе өзгерттіңіз, сондықтан ештеңе жіберілген жоқ. Қайта қараңыз.
console-code-missing = Кодты енгізіңіз.
console-to-queue-link = Өтініштер тізіміне
