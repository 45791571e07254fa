### Электрондық поштасы жоқ адамдарға қағаз хаттар және олар туралы қызметкерлерге ескертулер.

letter-post-number = Шығ. № { $reference }
letter-post-bin = БСН { $bin }
letter-post-person = Жауапты тұлға: { $person }
letter-post-on-behalf = өкілге; дербес деректер субъектісі: { $name }
letter-post-ask = Сұрақтарыңызды мына мекенжайға жаза аласыз: { $email }. Өтініш нөмірін атаңыз: { $reference }.
letter-post-ask-phone = Сұрақтарыңызды { $phone } телефоны арқылы қойып немесе мына мекенжайға жаза аласыз: { $email }. Өтініш нөмірін атаңыз: { $reference }.

letter-post-receipt = Өтінішіңіз қабылданды. Бұл хатты сақтап қойыңыз: ол қашан және не туралы өтініш бергеніңізді растайды.
letter-post-documents_needed = Деректерді өзгерту үшін соны растайтын құжаттар керек. Олардың көшірмелерін поштамен жіберіңіз немесе ұйымға әкеліңіз: өзгерту мерзімі құжаттар бізге келгеннен кейін басталады.
letter-post-provisional_block = Уақытша бұғаттау өтініш қабылданған сәттен бастап жазылды. Бізге дәл Сіз жүгінгеніңізге көз жеткізген соң, ол жүйелерде күшіне енеді.
letter-post-question = Сізге жауап беру үшін мынаны нақтылауымыз керек:
letter-post-question-reply = Хатпен, телефон арқылы немесе өзіңіз келіп жауап беріңіз, қайсысы ыңғайлы болса. Өтініш нөмірін атаңыз: { $reference }.
letter-post-address-subject = { $reference }: Сізбен қалай байланысамыз
letter-post-address = Өтінішіңізді қабылдадық, бірақ ондағы электрондық пошта мекенжайы расталған жоқ. Электрондық хаттарымыз Сізге жетпей жатса, басқа мекенжай беріңіз немесе кәдімгі поштамен жазуды сұраңыз.

letter-post-outcome = Шешім
letter-post-decisions = Тармақтар бойынша шешім
letter-post-grounds = Бас тарту негіздері
letter-post-result-granted = Қанағаттандырылды
letter-post-result-refused = Бас тартылды
letter-post-complain = Келіспесеңіз

letter-post-journal = Шығыс хаттар журналы үшін
letter-post-journal-reference = Өтініш нөмірі
letter-post-journal-item = Хат
letter-post-journal-created = Жасалған күні
letter-post-journal-posted = Жіберілген немесе табыс етілген күні
letter-post-journal-tracking = Пошта жөнелтілімінің нөмірі
letter-post-journal-signature = Кім жіберді (қолы)

letter-post-since = Қашаннан күтіп тұр
letter-post-lying-subject = { $reference }: хат поштамен жіберуді күтіп тұр
letter-post-lying = { $items ->
    [one] Өтініш берушіге арналған { $items } хат әлі поштамен жіберілген жоқ.
   *[other] Өтініш берушіге арналған { $items } хат әлі поштамен жіберілген жоқ.
}
letter-post-lying-next = Басып шығарып, поштамен жіберіңіз немесе қолма-қол табыс етіңіз, содан кейін күнін белгілеңіз. Жауап тек содан кейін жеткізілді деп саналады.
