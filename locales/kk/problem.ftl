### Тұтас сұрауға қатысты қателер: тақырып және не істеу керегін айтатын түсіндірме.

problem-validation_failed-title = Толтырылған өрістерді тексеріңіз
problem-validation_failed-detail = Кейбір өрістер дұрыс толтырылмаған. Нені түзету керегі әрқайсысының жанында жазылған.
problem-bad_request-title = Сұрау түсініксіз
problem-bad_request-detail = Сұрау дұрыс құрылмаған, сондықтан оны орындау мүмкін емес. Сұраудың мекенжайын, тақырыптамалары мен мазмұнын тексеріңіз.
problem-malformed_json-title = Сұраудың мазмұны оқылмады
problem-malformed_json-detail = Сұраудың мазмұны дұрыс JSON болуы керек. Жақшаларын, тырнақшалары мен үтірлерін тексеріңіз.
problem-not_found-title = Табылмады
problem-not_found-detail = Бұл мекенжайда ештеңе жоқ немесе Сізге ол қолжетімді емес. Мекенжайды тексеріңіз немесе хаттағы сілтемені қайта ашыңыз.
problem-method_not_allowed-title = Бұл мекенжайға олай жүгінуге болмайды
problem-method_not_allowed-detail = Бұл мекенжай мұндай әдісті қабылдамайды. Рұқсат етілген әдістер Allow тақырыптамасында көрсетілген.
problem-not_acceptable-title = Мұндай түрде жауап жоқ
problem-not_acceptable-detail = Сервис Accept тақырыптамасында сұралған түрде жауап бере алмайды. application/json түрін сұраңыз.
problem-unauthorized-title = Жүйеге кіру керек
problem-unauthorized-detail = Сіз жүйеге кірмегенсіз немесе кіру мерзімі өткен. Қайта кіріңіз. Өтініш берген болсаңыз, хаттағы сілтемені қайта ашыңыз.
problem-forbidden-title = Бұл әрекет Сізге қолжетімді емес
problem-forbidden-detail = Рөліңіз бұл әрекетке жеткіліксіз немесе өтініш Сізге тағайындалмаған. Жауапты тұлғадан өтінішті Сізге тағайындауын немесе мұны өзі орындауын сұраңыз.
problem-four_eyes-title = Екінші адам қажет
problem-four_eyes-detail = Жауапты оны ұсынған адамның өзі бекіте алмайды. Басқа жауапты тұлғадан бекітуін сұраңыз. Ондай адам болмаса, оператордың профилінде бір адамның өзі бекітуіне рұқсат беруге болады.
problem-stale_version-title = Өтініш өзгеріп кеткен
problem-stale_version-detail = Бет ашық тұрған кезде өтінішті басқа біреу өзгертті. Ештеңе жоғалған жоқ. Бетті жаңартып, не өзгергенін қараңыз да, әрекетті қайталаңыз.
problem-precondition_required-title = Өтініштің нұсқасы көрсетілмеген
problem-precondition_required-detail = Бұл әрекет үшін Сіз көрген нұсқа жазылған If-Match тақырыптамасы керек. Өтінішті оқып, оның ETag мәнін жіберіңіз.
problem-precondition_failed-title = Сұраудың шарты орындалмады
problem-precondition_failed-detail = If-Match тақырыптамасындағы нұсқа сәйкес келмейді. Өтінішті қайта оқып, оның ETag мәнін жіберіңіз.
problem-invalid_transition-title = Бұл әрекет қазір мүмкін емес
problem-invalid_transition-detail = Өтініштің қазіргі мәртебесі: «{ $status }». Осы кезде «{ $action }» әрекеті орындалмайды. Бетті жаңартыңыз: қазір не істеуге болатыны сонда көрінеді.
problem-nothing_to_resend-title = Қайта жіберетін хат жоқ
problem-nothing_to_resend-detail = Бұл өтініште жеткізілмей қалған және әлі қайта жіберілмеген хат жоқ. Бетті жаңартыңыз.
problem-wrong_code-title = Код сәйкес келмеді
problem-wrong_code-detail = { $left ->
    [0] Бұл код енді жарамайды. Жаңа код сұратыңыз.
   *[other] Соңғы хаттағы кодты тексеріп, қайта енгізіңіз. Қалған мүмкіндік саны: { $left }.
}
problem-code_expired-title = Кодтың күші жойылды
problem-code_expired-detail = Кодтың мерзімі өтті немесе енгізу мүмкіндіктері таусылды. Жаңа код сұратып, жаңа хаттағы цифрларды енгізіңіз.
problem-already_assigned-title = Өтініштің орындаушысы бар
problem-already_assigned-detail = Өтінішпен айналысатын қызметкер: { $who }. Оны басқа адамға жауапты тұлға бере алады.
problem-rate_limited-title = Сұраулар тым жиі келді
problem-rate_limited-detail = { $seconds } секунд күтіп, қайталап көріңіз.
problem-locked_out-title = Кіру уақытша жабылды
problem-locked_out-detail = Жүйеге кіру әрекеті қатарынан бірнеше рет сәтсіз болды. { $seconds } секундтан кейін қайталап көріңіз. Құпиясөзді ұмытсаңыз, әкімшіге хабарласыңыз.
problem-payload_too_large-title = Көлемі тым үлкен
problem-payload_too_large-detail = Жіберілген деректер қабылданатын көлемнен асып кетті. Мәтінді қысқартып, қайта жіберіңіз.
problem-headers_too_large-title = Тақырыпшалардың көлемі тым үлкен
problem-headers_too_large-detail = Сұрау тақырыпшалары қабылданатын көлемнен асып кетті. Олардың санын азайтыңыз немесе қысқартыңыз; осы сайттың cookie файлдарын жою көмектесуі мүмкін.
problem-uri_too_long-title = Мекенжай тым ұзын
problem-uri_too_long-detail = Параметрлерімен бірге бұл мекенжай қабылданатын ұзындықтан асып кетті. Параметрлерді қысқартыңыз.
problem-unsupported_media_type-title = Мұндай пішім қабылданбайды
problem-unsupported_media_type-detail = Сұрауды application/json түрінде, сығымдамай жіберіңіз.
problem-idempotency_conflict-title = Бұл кілт бұрын қолданылған
problem-idempotency_conflict-detail = Осы Idempotency-Key кілтімен басқа сұрау жіберілген. Жаңа сұрауға жаңа кілт алыңыз.
problem-violation_undecided-title = Алдымен бұзушылық болған-болмағанын шешіңіз
problem-violation_undecided-detail = Тексеру аяқталғанша деректер уақытша бұғатталған. Бұзушылықты растаңыз немесе расталмады деп белгілеңіз, содан кейін жауапты бекітіңіз.
problem-duplicate_user-title = Мұндай қызметкер бар
problem-duplicate_user-detail = Осы пошта мекенжайына тіркелгі бұрын ашылған. Сол тіркелгіні өзгертіңіз немесе басқа мекенжай көрсетіңіз.
problem-absence_overlaps-title = Кезеңдер қабаттасады
problem-absence_overlaps-detail = Осы күндердің бір бөлігінде қызметкердің жұмыста жоқ екені белгіленіп қойған. Оны аяқтаңыз немесе басқа күндерді таңдаңыз.
problem-unavailable-title = Сервис уақытша қолжетімсіз
problem-unavailable-detail = Сұрауды қазір орындау мүмкін болмады. Бірнеше минуттан кейін қайталап көріңіз: бұрын жібергендеріңіз сақталған.
problem-internal-title = Қате біздің тараптан болды
problem-internal-detail = Сұрауды орындау мүмкін болмады, бұл Сіздің қатеңіз емес. Қайталап көріңіз. Қате қайталанса, бізге жазып, қатенің нөмірін көрсетіңіз.

problem-last_admin-title = Соңғы әкімші
problem-last_admin-detail = Бұл — соңғы белсенді әкімші. Алдымен басқа әкімші қосыңыз.

problem-request_timeout-title = Сұрау толық келмеді
problem-request_timeout-detail = Сұрау тым баяу жіберілді. Қайта жіберіп көріңіз.
problem-calendar_changed-title = Күнтізбе өзгерді
problem-calendar_changed-detail = Сіз қарағаннан кейін күнтізбені біреу өзгертті. Қай мерзімдер жылжитынын қайта қарап, содан соң шешіңіз.
problem-identity_unproven-title = Өтініш беруші расталмаған
problem-identity_unproven-detail = Өтініш берушіні растаған мекенжай содан бері өзгертілді. Жобаны кері қайтарыңыз, жеке басын растаңыз немесе жаңа мекенжайдың расталуын күтіңіз, содан кейін бекітіңіз.
