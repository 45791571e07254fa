### Страницы: общее для всех и страницы для заявителей.

page-brand = Запросы о персональных данных
page-skip = Перейти к содержанию
page-languages = Язык
page-foot = Работает на Otinish. Обращения рассматриваются по Закону Республики Казахстан № 94-V «О персональных данных и их защите».
page-to-start = На первую страницу
page-try-again = Попробовать ещё раз
page-begin-again = Начать сначала
page-trace = Если будете писать нам об этом, назовите номер { $id }.
page-landing-title = Ваши персональные данные — Ваши права
page-landing-lead = Выберите организацию. Вы можете узнать, что она о Вас знает, исправить, заблокировать или удалить данные, отозвать согласие или пожаловаться.

## Форма

page-optional = по желанию
page-error-prefix = Ошибка:
page-mistakes = Пока не получилось
page-next = Дальше
page-back = Назад
page-sent-before = Из этой формы уже отправлено обращение с другими ответами. Если хотите отправить ещё одно, нажмите «Отправить» снова.
page-send = Отправить обращение
page-change = Изменить
page-was-due = Срок: { $date }
page-how-counted = Как мы считаем срок
page-step-of = Шаг { $step } из 4.
page-step-1 = О чём Вы хотите попросить?
page-step-2 = О Вас
page-step-3 = Подробности
page-step-4 = Проверьте ответы
page-step-hint-1 = Если сомневаетесь, выберите самое близкое: мы поправим.
page-step-hint-2 = Копия удостоверения не нужна и не принимается.
page-step-hint-3 = Только то, что нужно для этого обращения.
page-step-hint-4 = Пока ничего не отправлено.
page-heading-subject = Чьи это данные
page-heading-representative = Вы — представитель
page-heading-no-iin = Если ИИН нет
page-heading-correction = Исправление { $number }
page-service-all = Все сервисы
page-capacity-subject = За себя
page-capacity-representative = За другого человека
page-agreement-may-end = Понимаю, что договор может быть приостановлен или прекращён
page-label-kind = Обращение
page-label-service = О каком сервисе речь?
page-label-capacity = За кого Вы обращаетесь?
page-label-subject-full_name = Фамилия, имя, отчество
page-hint-subject-full_name = Как в удостоверении. Отчество — если есть.
page-label-subject-iin = ИИН
page-hint-subject-iin = 12 цифр; по ним мы найдём данные и поймём, кто обращается.
page-label-subject-email = Электронная почта
page-hint-subject-email = Сюда придёт код подтверждения и извещение об ответе.
page-label-subject-phone = Телефон
page-label-subject-birth_date = Дата рождения
page-label-subject-other_id-type = Вид документа
page-hint-subject-other_id-type = Например: паспорт иностранного гражданина.
page-label-subject-other_id-country = Страна документа
page-hint-subject-other_id-country = Две латинские буквы, например UZ.
page-label-subject-other_id-number = Номер документа
page-label-submitted_by-full_name = Ваши фамилия, имя, отчество
page-label-submitted_by-email = Ваша электронная почта
page-hint-submitted_by-email = Сюда придёт код подтверждения и извещение об ответе.
page-label-submitted_by-phone = Ваш телефон
page-label-submitted_by-authority = На каком основании Вы представляете этого человека?
page-label-submitted_by-document-type = Документ, который это подтверждает
page-hint-submitted_by-document-type = Например: свидетельство о рождении, доверенность.
page-label-submitted_by-document-number = Его номер
page-label-submitted_by-document-date = Его дата
page-label-submitted_by-document-issuer = Кем выдан
page-label-submitted_by-document-valid_until = Действует до
page-label-corrections-field = Что исправить или добавить?
page-hint-corrections-field = Например: номер телефона, фамилия.
page-label-corrections-current = Как указано сейчас
page-label-corrections-desired = Как должно быть
page-label-deletion-desired_result = Что сделать с данными?
page-label-deletion-data_categories = С какими данными?
page-hint-deletion-data_categories = Если ничего не выбрать — со всеми.
page-label-withdrawal-scope = Какое согласие Вы отзываете?
page-label-withdrawal-purposes = Для каких целей?
page-hint-withdrawal-purposes = Только если Вы отзываете согласие для отдельных целей.
page-label-withdrawal-cookie_categories = Какие файлы cookie?
page-hint-withdrawal-cookie_categories = Если ничего не выбрать — все, которые можно отключить.
page-label-withdrawal-device = Идентификатор cookie или устройства
page-label-acknowledged = Что важно знать
page-label-objection-to = Против чего Вы возражаете?
page-hint-objection-to = Опишите решение, принятое без участия человека, или автоматизированную обработку.
page-label-claim-remedy = Чего Вы требуете?
page-label-claim-about = Номер прежнего обращения
page-label-grounds = Почему?
page-hint-grounds = Отметьте всё, что подходит.
page-label-published_at = Где данные опубликованы
page-hint-published_at = По одной ссылке в строке.
page-label-details = Что ещё нам нужно знать

## Права простыми словами

page-kind-access = Узнать, что о Вас известно, откуда, зачем и как долго хранится. Бесплатно.
page-kind-correction = Исправить неверные или устаревшие данные, добавить недостающее.
page-kind-blocking = Остановить использование данных, пока проверяют нарушение.
page-kind-deletion = Уничтожить данные, которые хранят незаконно или которые больше не нужны.
page-kind-consent_withdrawal = Забрать согласие назад, полностью или частично.
page-kind-objection = Передать на рассмотрение человеку решение, принятое о Вас автоматически.
page-kind-claim = Потребовать восстановить нарушенное право.
page-kind-title-cookies = Файлы cookie на этом устройстве
page-kind-cookies = Отозвать согласие на cookie. Достаточно электронной почты.
page-article-access = Закон № 94-V, статья 24, пункт 1, подпункт 1)
page-article-correction = Закон № 94-V, статья 24, пункт 1, подпункт 2)
page-article-blocking = Закон № 94-V, статья 24, пункт 1, подпункт 3)
page-article-deletion = Закон № 94-V, статья 24, пункт 1, подпункт 4), и статья 18
page-article-consent_withdrawal = Закон № 94-V, статья 8, пункт 7, и статья 24, пункт 1, подпункт 5)
page-article-objection = Закон № 94-V, статья 19-1
page-article-claim = Закон № 94-V, статья 24, пункт 1, подпункт 7), и статья 30

## Страница оператора

page-operator-title = О чём Вы хотите попросить?
page-operator-lead = Выберите, что Вам нужно. Это займёт минут пять; дату ответа Вы увидите до отправки.
page-law = Эти права даёт Закон Республики Казахстан № 94-V «О персональных данных и их защите».
page-law-link = Прочитать закон
page-fictitious = Этой организации не существует: это образец. Не отправляйте настоящие данные.
page-contacts = Контакты
page-responsible = Ответственный за персональные данные
page-email = Электронная почта
page-phone = Телефон
page-address = Адрес
page-operator = Организация
page-known-title = Открыть обращение
page-known-text = Уже обращались? Посмотрите, на каком этапе обращение, напишите нам или прочтите ответ.
page-known-link = Открыть обращение

## Страница обращения

page-label-reference = Номер обращения
page-hint-reference = Он есть в письме и выглядит так: KTP-7F3K-9Q2M-X.
page-label-secret = Секрет
page-hint-secret = Длинное слово после «token=» в ссылке из письма.
page-secret-lead = Проще всего открыть ссылку из нашего письма. Если её нет под рукой, введите номер и секрет.
page-wrong-secret = Номер и секрет не подходят друг к другу. Проверьте оба.
page-open = Открыть
page-today = сегодня
page-overdue = Срок прошёл. Просим прощения. Напишите нам или пожалуйтесь.
page-where-to-complain = Куда пожаловаться
page-due-today = Сегодня последний день
page-days-left = { $days ->
    [one] Остался { $days } рабочий день
    [few] Осталось { $days } рабочих дня
   *[other] Осталось { $days } рабочих дней
}
page-outer-limit = Предельный срок — { $date }.
page-answer-ready = Ответ готов
page-read-answer = Прочитать ответ
page-confirm-title = Подтвердите адрес электронной почты
page-confirm-text = Мы отправили Вам письмо со ссылкой и кодом из шести цифр. Откройте ссылку или введите код здесь. Срок уже идёт; по коду мы поймём, что обращение Ваше.
page-confirm-by-link = Вы открыли ссылку из нашего письма. Нажмите кнопку, и адрес будет подтверждён.
page-confirm-button = Подтвердить
page-label-code = Код из письма
page-resend = Прислать новый код
page-clocks = Сроки
page-timeline = Ход обращения
page-question-waits = У нас есть к Вам вопрос. Сроки тем временем идут.
page-read-question = Прочитать и ответить
page-messages = Сообщения
page-label-text = Написать сообщение
page-from-requester = Вы
page-from-staff = Организация
page-send-message = Отправить
page-files = Файлы
page-file = Добавить файл
page-file-hint = PDF, JPEG, PNG, HEIC, DOCX, TXT, EML или P7S, до 10 МБ. Копия удостоверения не нужна.
page-send-file = Отправить файл
page-scan-unscanned = ещё не проверен антивирусом
page-scan-too_large = слишком велик для антивируса
page-scan-infected = закрыт: антивирус нашёл вредоносное содержимое
page-kilobytes = { $size } КБ
page-cancel-title = Отозвать обращение
page-cancel-text = Мы перестанем над ним работать. Новое можно отправить в любой момент.
page-label-reason = Почему
page-cancel-button = Отозвать
page-receipt-link = Квитанция для печати
page-proof-link = Скачать историю с доказательством
page-leave = Выйти: забыть на этом устройстве

## Квитанция

page-receipt-title = Мы получили Ваше обращение
page-receipt-keep = Сохраните этот номер. Он есть и в письме, которое уже идёт к Вам.
page-received = Получено
page-next-title = Что будет дальше
page-next-confirm = Подтвердите адрес электронной почты: откройте ссылку из нашего письма или введите код из него.
page-next-check = Мы проверим, кто обращается. Если понадобится что-то ещё, напишем Вам.
page-next-answer = Как только ответ будет готов, Вам придёт письмо.
page-to-confirm = Ввести код
page-to-request = К обращению
page-to-request-tab = Открыть обращение в новой вкладке
page-complain = Если Вы не согласны

## Ответ

page-answer-title = Ответ на обращение
page-decisions = Решения
page-grounds = Основания
page-decision-granted = удовлетворено
page-decision-refused = отказано

## Ошибки словами для людей — там, где слова программного интерфейса написаны для программистов

page-problem-method_not_allowed-title = Так эту страницу не открыть
page-problem-method_not_allowed-detail = Она только принимает то, что отправляет форма. Вернитесь на страницу с формой или начните с первой страницы.
page-problem-bad_request-title = Запрос не понят
page-problem-bad_request-detail = То, что отправил браузер, пришло не целиком. Вернитесь назад, обновите страницу и попробуйте ещё раз.
page-problem-unsupported_media_type-title = Такой файл не принимается
page-problem-unsupported_media_type-detail = Отправьте PDF, JPEG, PNG, HEIC, DOCX без макросов, TXT, EML или P7S. Важно содержимое файла, а не его имя.
page-problem-not_acceptable-title = Страницу нельзя показать
page-problem-not_acceptable-detail = Браузер просит эту страницу в виде, которого у нас нет. Откройте её в другом браузере.

## Пропущенные сроки

page-clock-overdue = Просрочен
page-clock-late = Выполнен с опозданием
page-clock-due = Срок: { $day }
