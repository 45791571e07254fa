### Рабочее место сотрудников.

console-brand = Otinish для сотрудников
console-nav = Разделы
console-nav-queue = Обращения
console-nav-account = Моя учётная запись
console-sign-out = Выйти
console-sign-in-title = Вход
console-sign-in-lead = Для сотрудников организаций. Если Вы подали обращение, откройте ссылку из письма.
console-sign-in-button = Войти
console-external-button = Войти через { $name }
console-external-or = или по адресу почты и паролю:
console-code-title = Ещё один шаг
console-code-lead = Введите код из приложения для входа или резервный код.
console-code-button = Продолжить
console-code-other = Войти под другим именем
console-wrong-password = Неверный адрес или пароль. Проверьте и то и другое; заглавные буквы важны.
console-wrong-code = Код неверен или устарел. Введите тот, который приложение показывает сейчас, или начните вход заново.

## Клавиши

console-keys = Клавиши
console-key-move = Следующее и предыдущее обращение
console-key-open = Открыть его
console-key-take = Взять открытое обращение
console-key-search = Поиск
console-key-help = Этот список
console-close = Закрыть

## Очередь

console-views = Части очереди
console-view-all = Все
console-view-mine = Мои
console-view-unassigned = Без исполнителя
console-view-today = Срок сегодня
console-view-overdue = Просрочены
console-view-week = Срок в ближайшие семь дней
console-view-approval = Ждут утверждения
console-view-waiting = Ждём заявителя
console-view-blocked = Временно заблокированы
console-search = Номер, ИИН, почта или телефон
console-find = Найти
console-found = Найдено
console-found-nothing = Ничего не найдено. Номер, ИИН, адрес почты или телефон нужно указать точно.
console-filters = Отбор
console-filter-operator = Организация
console-filter-kind = Вид
console-filter-status = Статус
console-filter-due = Срок
console-filter-assignee = Исполнитель
console-filter-blocking = Блокирование
console-filter-channel = Как поступило
console-filter-sort = Порядок
console-filter-received_from = Поступили с
console-filter-received_to = Поступили по
console-any = Не важно
console-assignee-me = Я
console-assignee-none = Никто
console-sort-due = Сначала ближайший срок
console-sort-received = Сначала давние
console-apply = Показать
console-clear = Снять отбор
console-empty = Обращений пока нет. Здесь появится то, что пришлют люди.
console-empty-filtered = Подходящих обращений нет. Снимите отбор, чтобы увидеть все.
console-list-changed = Список обновлён
console-first-page = К первой странице
console-next-page = Следующая страница
console-col-due = Срок
console-col-request = Обращение
console-col-who = Человек
console-col-status = Статус
console-col-assignee = Исполнитель
console-col-received = Поступило
console-overdue-by = { $days ->
    [0] просрочено
    [one] просрочено на { $days } рабочий день
    [few] просрочено на { $days } рабочих дня
   *[other] просрочено на { $days } рабочих дней
}
console-due-today = сегодня до 24:00
console-days-left = { $days ->
    [0] рабочих дней не осталось
    [one] остался { $days } рабочий день
    [few] осталось { $days } рабочих дня
   *[other] осталось { $days } рабочих дней
}
console-no-deadline = Сроки не идут
console-no-name = Без имени
console-nobody = Никто
console-away-until = отсутствует по { $date }
console-flag-duplicate = Возможный повтор
console-flag-hold = Запрет уничтожения
console-flag-consumer = Потребитель
console-flag-unconfirmed = Адрес не подтверждён
console-flag-destroyed = Данные уничтожены

## Обращение

console-to-queue = Все обращения
console-next = Что можно сделать сейчас
console-take = Взять обращение
console-person = Человек
console-submitter = Обращается за этого человека
console-asked = О чём просят
console-answer = Ответ
console-messages = Сообщения и заметки
console-message-question = Вопрос заявителю
console-message-reply = Ответ заявителя
console-message-addition = От заявителя
console-message-note = Заметка коллеги
console-hidden = Скрыто
console-file = Файл
console-add-file = Добавить файл
console-history = История
console-facts = Об обращении
console-masked = Персональные данные скрыты: обращение не назначено Вам. Возьмите его или обратитесь к ответственному лицу.
console-duplicate = Возможно, это повтор обращения
console-nothing-left = Персональные данные уничтожены по истечении срока хранения.
console-changed = Кто-то изменил это обращение.
console-reload = Показать новое
console-by-staff = Коллега
console-by-requester = Заявитель
console-by-system = Otinish
console-fact-name = Имя
console-fact-iin = ИИН
console-fact-birth-date = Дата рождения
console-fact-other-id = Иностранный документ
console-fact-email = Почта
console-fact-phone = Телефон
console-fact-address = Почтовый адрес
console-fact-bin = БИН
console-fact-capacity = Кто обращается
console-fact-authority = На основании
console-fact-document = Документ
console-fact-issuer = Кем выдан
console-fact-valid-until = Действует до
console-fact-grounds = Основания
console-fact-desired = Желание
console-fact-categories = Категории данных
console-fact-scope = Объём
console-fact-purposes = Цели
console-fact-cookies = Файлы cookie
console-fact-device = Устройство
console-fact-objection = Против чего возражает
console-fact-remedy = Чего требует
console-fact-about = По обращению
console-fact-published = Где опубликовано
console-fact-details = Своими словами
console-fact-assignee = Исполнитель
console-fact-channel = Как поступило
console-fact-received = Поступило
console-fact-recorded = Внесено
console-fact-language = Язык ответа
console-fact-service = Сервис
console-fact-edition = Редакция политики
console-fact-address-proven = Адрес подтверждён
console-fact-identity = Личность подтверждена
console-fact-documents = Документы получены
console-fact-recorder = Внёс
console-fact-verifier = Личность проверил
console-fact-proposer = Ответ предложил
console-fact-approver = Ответ утвердил
console-fact-kept-until = Данные хранятся до
console-fact-destroyed = Данные уничтожены
console-fact-outcome = Исход
console-fact-refusal-grounds = Основания отказа
console-fact-letter = Письмо

## Действия

console-check = Проверить, что будет отправлено
console-check-again = Проверить ещё раз
console-cancel = Назад без изменений
console-preview = Будет отправлено
console-preview-none = Ничего не отправляется.
console-mail-to-requester = Письмо заявителю на почту
console-mail-by-post = Письмо заявителю: распечатать и отправить
console-mail-to-colleague = Письмо на почту: { $name }
console-mail-to-head = Письмо руководителю организации
console-stale = Кто-то успел раньше, ничего не перезаписано. Статус теперь:
console-stale-next = Ваш текст сохранён ниже. Посмотрите, что нового, и отправьте ещё раз.
console-open-request = Открыть обращение в новой вкладке
console-compose = Вставить текст для этого исхода
console-heading-not-confirmed = Личность не подтверждена: письмо с отказом
console-heading-grounds = Основания отказа
console-heading-decision = Решение по отдельному пункту № { $number }
console-ground-text = «{ $ground }»: что именно применимо
console-no-ground = Без основания
console-lead-verify = Сравните присланное со своими записями. Не просите копию удостоверения личности.
console-lead-ask = Человек получит письмо со ссылкой на вопрос. Сроки тем временем идут.
console-lead-propose = Ответ утверждает другой коллега — ответственное лицо; только после этого он уходит.
console-lead-approve = После этого ответ окончателен. Сначала посмотрите его на странице обращения.
console-lead-complete = Напишите, что сделано. После этого заявитель получит ответ.
console-lead-dismiss = Только для спама и проб. Такое обращение не учитывается, и человек не получит ответа.
console-lead-note = Заметки видят только коллеги.
console-lead-hold = Пока запрет действует, ничего из обращения не уничтожается. Снимает его другое ответственное лицо.
console-lead-reclassify = День поступления остаётся, сроки следуют новому виду.
console-lead-amend_receipt = Все сроки пересчитываются от этого момента.
console-label-email = Почта
console-label-password = Пароль
console-label-code = Код
console-label-assignee = Кому передать обращение?
console-label-text = Текст
console-label-reason = Причина
console-label-result = Результат
console-label-method = Как проверяли?
console-label-checked = Что проверено?
console-label-note = Заметка для коллег
console-label-letter = Письмо заявителю
console-letter-unfilled = Заполните или уберите { $place }
console-hint-letter = Дополните то, что стоит в квадратных скобках.
console-label-outcome = Исход
console-label-ground = Основания
console-label-decisions-about = Пункт
console-label-decisions-result = Решение
console-label-decisions-grounds = Основание отказа
console-label-decisions-text = Обоснование
console-label-received_at = Когда поступило?
console-hint-received_at = День и время по Алматы.
console-label-done_on = В какой день сделано?
console-hint-done_on = Если не заполнить — сегодня.
console-label-consumer = Это претензия потребителя?
console-label-kind = Вид обращения
console-consumer-yes = Да
console-consumer-no = Нет
console-checked-subject = Человек — тот, за кого себя выдаёт
console-checked-representative = Представитель — тот, за кого себя выдаёт
console-checked-authority = У представителя есть полномочия

## Тексты, с которых начинается ответ

compose-end = Если Вы не согласны, Вы можете обратиться в уполномоченный орган или в суд; как это сделать, сказано ниже.
compose-access-granted = Вы спросили, какие Ваши персональные данные у нас есть и что мы с ними делаем. У нас есть: [данные по категориям]. Мы обрабатываем их для: [цели], на основании: [согласие или норма]. Мы получили их от: [источник]. Они хранятся до: [срок]. Они передавались: [получатели или никому].
compose-access-partly_granted = Вы спросили о своих персональных данных. Мы сообщаем то, что перечислено ниже. Остальное сообщить не можем — причины указаны по каждому пункту.
compose-access-refused = Вы спросили о своих персональных данных. Мы не можем сообщить сведения по причинам, указанным ниже: [что именно препятствует].
compose-access-no_data_held = Вы спросили о своих персональных данных. Мы искали в [системы и архивы] по тому, что Вы указали, и персональных данных о Вас не храним.
compose-correction-granted = Вы просили изменить персональные данные. Мы исправим их: [поле: было, станет]. Тем, кому передавались прежние данные, сообщено: [получатели или никому].
compose-correction-partly_granted = Вы просили изменить персональные данные. Что мы исправляем, а что нет, указано ниже по пунктам с обоснованием.
compose-correction-refused = Вы просили изменить персональные данные. Мы не можем этого сделать по причинам, указанным ниже. Присланное не подтверждает, что данные неверны: [чего не хватает].
compose-blocking-granted = Вы просили заблокировать персональные данные. Мы блокируем их: [какие данные, в каких системах]. До снятия блокирования они хранятся и не используются.
compose-blocking-partly_granted = Вы просили заблокировать персональные данные. Что заблокировано, а что нет, указано ниже по пунктам с обоснованием.
compose-blocking-refused = Вы просили заблокировать персональные данные. Мы проверили, обрабатываются ли они незаконно, и нарушения не нашли: [что проверено и с каким результатом].
compose-deletion-granted = Вы просили удалить персональные данные. Мы удалим их: [какие данные, в каких системах]. Тем, кому они передавались, сообщено: [получатели или никому].
compose-deletion-partly_granted = Вы просили удалить персональные данные. Что удаляется, а что необходимо хранить, указано ниже по пунктам с нормой и сроком.
compose-deletion-refused = Вы просили удалить персональные данные. Мы обязаны их хранить: [акт, статья и срок или неисполненное обязательство]. По истечении срока данные будут уничтожены.
compose-consent_withdrawal-granted = Вы отозвали согласие. Мы прекращаем обработку, которая на нём основана: [цели], и уничтожаем данные, которые хранятся только для этих целей.
compose-consent_withdrawal-partly_granted = Вы отозвали согласие. Что прекращается, а что продолжается по закону или договору, указано ниже по пунктам с нормой.
compose-consent_withdrawal-refused = Вы отозвали согласие. Обработка продолжается, поскольку отзыв противоречит закону или есть неисполненное обязательство: [акт и статья или обязательство].
compose-objection-granted = Вы возразили против решения, принятого только автоматизированной обработкой. Мы отменили его; вопрос заново рассмотрел человек: [результат].
compose-objection-partly_granted = Вы возразили против автоматизированной обработки. Что меняется, а что остаётся, указано ниже по пунктам с обоснованием.
compose-objection-refused = Вы возразили против автоматизированной обработки. Вопрос заново рассмотрел человек, и решение остаётся в силе: [обоснование].
compose-claim-granted = Мы рассмотрели Вашу претензию и удовлетворяем её: [что будет сделано и когда].
compose-claim-partly_granted = Мы рассмотрели Вашу претензию. Что мы удовлетворяем, а что нет, указано ниже по пунктам с обоснованием.
compose-claim-refused = Мы рассмотрели Вашу претензию и не можем её удовлетворить: [обоснование].

## Что мешает

console-preview-changed = После просмотра Вы что-то изменили, поэтому ничего не отправлено. Посмотрите ещё раз.
console-code-missing = Введите код.
console-to-queue-link = К списку обращений
