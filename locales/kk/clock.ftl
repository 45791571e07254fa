### Мерзім қалай есептелді: түсіндірме құралатын сөйлемдер.

clock-explain-working = { $event } кейінгі күннен бастап { $days } жұмыс күні есептеледі: { $counted }.
clock-explain-working-plain = { $event } кейінгі күннен бастап { $days } жұмыс күні есептеледі.
clock-explain-calendar = { $event } кейінгі күннен бастап { $days } күнтізбелік күн есептеледі.
clock-explain-span = { $first } – { $last }
clock-explain-skipped = Есепке кірмейтін күндер: { $skipped }.
clock-explain-off-days = Мерзім соңындағы демалыс күндері: { $skipped }.
clock-explain-moved = Мерзімнің соңғы күні — { $moved } — жұмыс күні емес, сондықтан мерзім келесі жұмыс күніне ауысады.
clock-explain-due = Мерзімнің соңы: { $due }, сағат 24:00.
clock-explain-met = Мерзімінде орындалды: { $met }.
clock-explain-met-late = Мерзімінен кеш орындалды: { $met }.
clock-explain-void = Бұл мерзім енді қолданылмайды: өтініш жабылды немесе өзгерді.

clock-skip-day = { $date } ({ $reason })
clock-skip-weekend-range = { $range } (демалыс күндері)
clock-skip-weekends = сенбі мен жексенбі күндері
clock-skip-day-off = жұмыс күні емес

clock-explain-waiting-claim_response = Мерзім өтініш қабылданғаннан кейін басталады.
clock-explain-waiting-information = Мерзім сұрау салу қабылданғаннан кейін басталады.
clock-explain-waiting-document_request = Мерзім өтініш қабылданғаннан кейін басталады.
clock-explain-waiting-correction = Мерзім дұрыс деректерді растайтын құжаттар келгеннен кейін немесе олардың қажеті жоқ деп шешілгеннен кейін басталады.
clock-explain-waiting-blocking = Мерзім бұзушылық туралы мәлімет келгеннен кейін басталады.
clock-explain-waiting-publication_removal = Мерзім талап қабылданғаннан кейін басталады.
clock-explain-waiting-deletion_decision = Мерзім өтініш қабылданғаннан кейін басталады.
clock-explain-waiting-destruction = Мерзім бұзушылық расталғаннан немесе деректерді жою туралы шешім қабылданғаннан кейін басталады.
clock-explain-waiting-unblocking = Мерзім бұзушылық расталмаса ғана басталады.
clock-explain-waiting-withdrawal = Мерзім келісімді кері қайтарып алу туралы өтініш қабылданғаннан кейін басталады.
clock-explain-waiting-objection = Мерзім қарсылық қабылданғаннан кейін басталады.
clock-explain-waiting-consumer_claim = Мерзім кінәрат-талап қабылданғаннан кейін басталады.
