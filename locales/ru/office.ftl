### Рабочее место: своя учётная запись и то, что нужно администраторам и канцелярии вокруг очереди.

console-nav-users = Учётные записи
console-user = Учётная запись
console-hold-password = Ваш пароль выдал администратор. Сначала выберите свой, после этого откроется всё остальное.
console-hold-totp = Для Вашей роли нужен второй фактор. Сначала настройте его, после этого откроется всё остальное.
console-done-password = Пароль изменён. Другие Ваши сеансы завершены.
console-done-totp-off = Второй фактор отключён.
console-done-session = Сеанс завершён.
console-done-sessions = Все другие сеансы завершены.
console-done-absence = Отсутствие отмечено, Ваш заместитель извещён.
console-done-absence-over = Отсутствие завершено.
console-done-user = Учётная запись изменена.
console-done-totp-reset = Второй фактор снят.
console-done-external-reset = Учётная запись больше не связана с внешним входом.
console-done-policy = Правило изменено.
console-label-current_password = Текущий пароль
console-label-new_password = Новый пароль
console-hint-new_password = Не короче 12 знаков. Фразу, которую знаете только Вы, запомнить легче, чем отдельные знаки.
console-label-name = Имя
console-label-language = Язык рабочего места и писем
console-label-role = Роли
console-label-disabled = Состояние учётной записи
console-label-totp_required_roles = Роли, которым нужен второй фактор
console-label-from = Первый день
console-label-until = Последний день
console-label-deputy_id = Кто замещает?
console-disabled-no = Открыта
console-disabled-yes = Закрыта
console-col-since = С какого времени
console-panel-password = Пароль
console-panel-password-button = Изменить пароль
console-panel-totp = Второй фактор
console-panel-totp-lead = С приложением для кодов на телефоне украденного пароля недостаточно, чтобы войти.
console-panel-totp-button = Настроить
console-panel-totp-confirm = Подтвердите приложение
console-panel-totp-confirm-lead = Введите код, который приложение показывает сейчас. Только после этого второй фактор действует.
console-panel-totp-confirm-button = Включить
console-panel-totp-off = Отключить второй фактор
console-panel-totp-off-button = Отключить
console-panel-totp-codes = Новые резервные коды
console-panel-totp-codes-lead = Прежние после этого не действуют.
console-panel-totp-codes-button = Создать новые коды
console-totp-is-off = Второй фактор: отключён.
console-totp-needed = Второй фактор: нужен Вашей роли и ещё не настроен.
console-totp-is-on = Второй фактор: включён. { $codes ->
    [0] Резервных кодов не осталось.
    [one] Остался { $codes } резервный код.
    [few] Осталось { $codes } резервных кода.
   *[many] Осталось { $codes } резервных кодов.
}
console-codes = Ваши резервные коды
console-codes-lead = Каждый действует один раз, если телефон утерян. Распечатайте или запишите их сейчас: больше они не показываются.
console-secret = Добавьте Otinish в приложение для кодов
console-secret-lead = Отсканируйте картинку приложением.
console-secret-qr = QR-код для приложения
console-secret-typed = Или введите вручную:
console-sessions = Где Вы вошли
console-session-this = этот
console-session-other = Неизвестная программа
console-session-began = С { $at }
console-session-used = последнее обращение { $at }
console-session-end = Завершить
console-sessions-end = Завершить все другие
console-absences = Отсутствия
console-absence-deputy = Замещает: { $name }
console-absence-end = Завершить
console-panel-absence = Отметить отсутствие
console-panel-absence-lead = До Вашего возвращения обращения, письма и напоминания получает заместитель.
console-panel-absence-button = Отметить отсутствие
console-panel-user-new = Новая учётная запись
console-panel-user-new-lead = Первый пароль создаётся сам и показывается один раз.
console-panel-user-new-button = Создать
console-panel-user = Учётная запись
console-panel-user-lead = Если снять роли или закрыть запись, её открытые обращения вернутся в очередь.
console-panel-user-button = Сохранить
console-panel-user-password = Задать временный пароль
console-panel-user-password-lead = Сеансы сотрудника завершатся, блокировка входа снимется. Новый пароль действует три дня и только для выбора другого.
console-panel-user-password-button = Задать временный пароль
console-panel-user-totp = Снять второй фактор
console-panel-user-totp-lead = Для утерянного телефона. Сеансы сотрудника завершатся. Убедитесь другим способом, что это действительно он.
console-panel-user-totp-button = Снять
console-panel-user-external = Отвязать от внешнего входа
console-panel-user-external-lead = Если у сотрудника там теперь другая учётная запись. Его сеансы завершатся; следующий вход там свяжет учётную запись заново по подтверждённому адресу почты.
console-panel-user-external-button = Отвязать
console-panel-policy = Второй фактор по ролям
console-panel-policy-lead = Сотрудник с такой ролью ничего не сможет делать, пока не настроит второй фактор.
console-panel-policy-button = Сохранить
console-password-once = Пароль
console-password-once-lead = Передайте его лично или по телефону. Больше он не показывается.

## Mails

console-nav-mails = Письма
console-mails-parts = Разделы исходящих
console-mails-all = Все
console-mails-dead = Не доставлены
console-mails-to_post = Распечатать и отправить
console-mails-pending = Ждут отправки
console-mails-sent = Отправлены
console-mails-posted = Отданы на почту
console-mails-withdrawn = Отозваны
console-mails-of = Номер обращения
console-mails-none = Писем здесь нет.
console-col-mail = Письмо
console-col-to = Кому
console-col-when = Когда
console-mail-for-requester = Заявителю
console-mail-for-staff = Сотруднику
console-mail-for-head = Руководителю организации
console-mail-state-pending = Ждёт отправки
console-mail-state-sent = Отправлено
console-mail-state-dead = Не доставлено
console-mail-state-resent = Не доставлено, отправлено снова
console-mail-state-to_post = Отправить почтой
console-mail-state-posted = Отдано на почту
console-mail-state-withdrawn = Отозвано
console-mail-receipt = Подтверждение приёма
console-mail-code-again = Новый код
console-mail-confirm-reminder = Напоминание подтвердить адрес
console-mail-identity-confirmed = Личность подтверждена
console-mail-question = Вопрос заявителю
console-mail-work-started = Работа начата
console-mail-block-set = Данные заблокированы
console-mail-block-lifted = Блокирование снято
console-mail-answer-ready = Ответ готов
console-mail-reclassified = Другой вид обращения
console-mail-receipt-amended = Другой день поступления
console-mail-cancelled = Обращение отозвано
console-mail-new-request = Новое обращение
console-mail-assigned = Обращение назначено
console-mail-reply = Заявитель ответил
console-mail-file = Новый файл
console-mail-reminder = Напоминание о сроке
console-mail-overdue = Срок пропущен
console-mail-mail-failed = Письмо не доставлено
console-mail-to-post = Письмо нужно отправить почтой
console-mail-digest = Утренняя сводка
console-mail-released = Обращения вернулись в очередь
console-mail-stand-in = Замещение коллеги
console-mail-deadlines-nearer = Сроки стали ближе
console-mail-other = Сообщение
console-mail-delivers = В нём ответ: его доставка исполняет срок.
console-mail-fact-created = Написано
console-mail-fact-sent = Ушло
console-mail-fact-tries = Попыток
console-mail-fact-next = Следующая попытка
console-mail-fact-posted = Отправлено
console-mail-fact-tracking = Трек-номер
console-mail-fact-resent = Отправлено снова
console-mail-fact-answer = Ответ
console-mail-fact-again = Отправлено снова как
console-mail-fact-from = Повторяет
console-mail-open = Открыть то письмо
console-mail-print = Открыть для печати
console-mail-print-hint = Откроется в новой вкладке. Каждый просмотр записывается.
console-posted-posted = Почтой или курьером
console-posted-handed_over = Вручено лично
console-failure-refused = Почтовый сервер отказал в приёме
console-failure-deferred = Почтовый сервер отложил приём
console-failure-timeout = Почтовый сервер не ответил вовремя
console-failure-io = Почтовый сервер недоступен
console-failure-invalid = Адрес или сообщение недопустимы
console-failure-destroyed = Данные обращения уничтожены
console-failure-internal = Передать не удалось
console-label-on = День
console-label-how = Как отправлено
console-label-tracking = Трек-номер
console-label-by_mistake = Отмечено по ошибке
console-by-mistake = Письмо не отправляли или отправили в другой день
console-panel-mail-resend = Отправить снова
console-panel-mail-resend-lead = Письмо уйдёт на адрес, который указан сейчас. Новый адрес здесь будет действовать для всего, что пишут заявителю с этого момента.
console-panel-mail-resend-button = Отправить снова
console-panel-mail-posted = Отдано на почту или вручено
console-panel-mail-posted-lead = Важен день: если в письме ответ, срок исполнен в этот день.
console-panel-mail-posted-button = Отметить
console-panel-mail-returned = Письмо вернулось
console-panel-mail-returned-lead = Его нужно будет отправить снова, а срок, который оно исполнило, снова пойдёт.
console-panel-mail-returned-button = Отметить
console-done-mail-resend = Письмо снова в пути.
console-done-mail-posted = Отмечено как отправленное.
console-done-mail-returned = Отмечено. Письмо нужно отправить снова.

## Calendar

console-nav-calendar = Календарь
console-years = Годы
console-days-verified = Дни этого года сверены с официальным календарём.
console-days-secondary = Дни этого года известны из вторичного источника. Сверьте их с официальным календарём.
console-days-inferred = Дни этого года рассчитаны по закону. Переносы выходных ещё могут появиться: сверьте дни с официальным календарём.
console-weekday-1 = пн
console-weekday-2 = вт
console-weekday-3 = ср
console-weekday-4 = чт
console-weekday-5 = пт
console-weekday-6 = сб
console-weekday-7 = вс
console-month-1 = Январь
console-month-2 = Февраль
console-month-3 = Март
console-month-4 = Апрель
console-month-5 = Май
console-month-6 = Июнь
console-month-7 = Июль
console-month-8 = Август
console-month-9 = Сентябрь
console-month-10 = Октябрь
console-month-11 = Ноябрь
console-month-12 = Декабрь
console-working-no = Выходной
console-working-yes = Рабочий день
console-legend-off = выходной недели
console-legend-special = праздник или перенесённый выходной
console-legend-worked = рабочий день вместо выходного
console-special-days = Дни, которые отличаются от обычной недели
console-special-none = Таких нет.
console-revisions = Изменения
console-revision-file = Взят файл календаря.
console-day-off = { $date }: выходной.
console-day-to-work = { $date }: рабочий день.
console-day-stands = День уже такой.
console-moved = { $count ->
    [0] Ни один открытый срок не сдвинется.
    [one] Сдвинется { $count } открытый срок.
    [few] Сдвинутся { $count } открытых срока.
   *[other] Сдвинутся { $count } открытых сроков.
}
console-nearer = { $count ->
    [one] { $count } срок станет ближе. Те, кто работает с обращением, получат письмо.
    [few] { $count } срока станут ближе. Те, кто работает с обращениями, получат письмо.
   *[other] { $count } сроков станут ближе. Те, кто работает с обращениями, получат письмо.
}
console-moved-more = И ещё { $count }.
console-moved-nearer = ближе
console-preview-days = Что изменится
console-col-clock = Срок
console-col-from = Сейчас
console-col-to-day = Станет
console-day-save = Изменить день
console-label-date = День
console-label-working = Этот день
console-label-name-kk = Название на казахском
console-label-name-ru = Название на русском
console-label-name-en = Название на английском
console-label-source = Источник
console-hint-source = Приказ, закон или сообщение с номером и датой.
console-hint-name-kk = Названия нужны, если день станет отличаться от обычной недели.
console-label-certainty = Что известно о днях этого года
console-label-year_source = Источник
console-panel-day = Изменить день
console-panel-day-lead = Сначала будет видно, какие сроки сдвинутся. До Вашего согласия ничего не изменится.
console-panel-day-button = Показать, что сдвинется
console-panel-year = Подтвердить год
console-panel-year-lead = Когда дни сверены с официальным календарём. Сроки не сдвинутся.
console-panel-year-button = Сохранить
console-done-day = День изменён, открытые сроки пересчитаны.
console-done-year = Год подтверждён.

## Reports

console-nav-reports = Отчёты
console-reports-lead = Обращения, поступившие в эти дни, в их нынешнем состоянии. Закрытые с пометкой «это не обращение» не учитываются.
console-period-from = Поступили с
console-period-to = Поступили по
console-days-count = { $days ->
    [one] { $days } день
    [few] { $days } дня
   *[other] { $days } дней
}
console-figure-received = поступило
console-figure-open = открыто
console-figure-overdue = просрочено
console-figure-answered = отвечено
console-figure-share = все сроки соблюдены
console-figure-median = до ответа, медиана
console-figure-p95 = для 95 из 100 ответов
console-chart-due = Открытые обращения по срокам
console-chart-due-lead = Неделя, в которую истекает ближайший срок.
console-chart-clocks = Соблюдение сроков
console-chart-clocks-lead = Из исполненных и истёкших.
console-chart-kind = По видам
console-chart-status = По состоянию
console-chart-channel = Как поступили
console-chart-outcome = Результаты
console-chart-refusals = Основания отказов
console-due-overdue = Просрочены
console-due-week = Неделя с { $date }
console-due-later = Позже
console-due-none = Срок не идёт
console-kept = в срок: { $count }
console-late = с опозданием: { $count }
console-by-kind = По видам обращений
console-by-operator = По организациям
console-col-name = Название
console-reports-csv = Скачать таблицу (CSV)
console-reports-csv-hint = Строка на каждое обращение, без сведений о людях.

## Recording

console-nav-record = Внести обращение
console-record-lead = Для того, что поступило на бумаге, лично или по почте. Сроки идут со дня поступления, а не внесения.
console-record-office = Для канцелярии
console-record-button = Внести
console-label-channel = Как поступило
console-label-received_on = День поступления
console-label-received_time = Время поступления
console-hint-received_time = Если известно, например 14:30.
console-label-subject-postal_address = Почтовый адрес
console-label-submitted_by-postal_address = Почтовый адрес представителя
console-label-identity_confirmed = Личность
console-identity-seen = Подтверждена лично по предъявленному документу
console-label-documents_on = Документы для исправления поступили
console-hint-documents_on = Оставьте пустым, если их ещё нет.
console-consumer-claim = Это претензия потребителя
console-done-recorded = Обращение внесено.
console-label-operator = Организация
console-language-of-request = Язык ответа
console-who-asked = Кто обратился?
console-who-asked-subject = Сам человек
console-who-asked-representative = Представитель
console-mail-totp-on = Второй фактор
console-mail-totp-off = Второй фактор
console-mail-totp-reset = Второй фактор
console-mail-password-reset = Временный пароль

## Organisations

console-nav-operators = Организации
console-operators-lead = Их профили хранятся в файлах данных. Здесь показано, где форма каждой организации и что её собственный сайт вставляет в страницу, чтобы показать форму у себя.
console-operators-no-site = В allowed_origins её файла не назван ни один сайт, поэтому браузеры показывают форму только здесь.
console-operators-sites = Показывать форму могут сайты: { $sites }
console-operators-snippet = Что вставить в страницу
console-frame-title = Обращение о персональных данных
