### Слова продукта: ключ — это приставка и имя из словаря, так код сам составляет ключи.

## Даты. Месяцы в родительном падеже; month-from: «не позднее 25 ноября», «после 21 ноября»

month-1 = января
month-2 = февраля
month-3 = марта
month-4 = апреля
month-5 = мая
month-6 = июня
month-7 = июля
month-8 = августа
month-9 = сентября
month-10 = октября
month-11 = ноября
month-12 = декабря
month-from-1 = января
month-from-2 = февраля
month-from-3 = марта
month-from-4 = апреля
month-from-5 = мая
month-from-6 = июня
month-from-7 = июля
month-from-8 = августа
month-from-9 = сентября
month-from-10 = октября
month-from-11 = ноября
month-from-12 = декабря
weekday-1 = понедельник
weekday-2 = вторник
weekday-3 = среда
weekday-4 = четверг
weekday-5 = пятница
weekday-6 = суббота
weekday-7 = воскресенье
date-full = { $day } { $month } { $year } года
date-from = { $day } { $month } { $year } года
date-weekday = { $weekday }, { $day } { $month } { $year } года
date-day-month = { $day } { $month }
date-time = { $date }, { $time }, время Алматы (UTC+{ $offset })
date-by = не позднее { $day } { $month } { $year } года ({ $weekday })
date-by-opening = Не позднее { $day } { $month } { $year } года ({ $weekday })
date-range-in-month = { $first }–{ $last } { $month }
date-range = { $first } – { $last }
list-and = { $first } и { $last }

## Виды обращений

kind-access = Доступ к персональным данным
kind-correction = Изменение и дополнение персональных данных
kind-blocking = Блокирование персональных данных
kind-deletion = Удаление персональных данных
kind-consent_withdrawal = Отзыв согласия
kind-objection = Возражение против автоматизированной обработки
kind-claim = Претензия
kind-short-access = Доступ
kind-short-correction = Исправление
kind-short-blocking = Блокирование
kind-short-deletion = Удаление
kind-short-consent_withdrawal = Отзыв согласия
kind-short-objection = Возражение
kind-short-claim = Претензия

## Статусы, как их видит заявитель

status-submitted = Ждёт подтверждения адреса
status-verification = Проверяем, кто обратился
status-review = На рассмотрении
status-clarification = Ждём Вашего ответа
status-preparation = Готовим ответ
status-approval = Ответ проверяется
status-execution = Исполняем решение
status-answered = Ответ готов
status-cancelled = Отозвано
status-dismissed = Закрыто без рассмотрения

## Статусы, как их видят сотрудники

status-staff-submitted = Адрес не подтверждён
status-staff-verification = Проверка личности
status-staff-review = Рассмотрение
status-staff-clarification = Ждём заявителя
status-staff-preparation = Подготовка ответа
status-staff-approval = На утверждении
status-staff-execution = Исполнение
status-staff-answered = Отвечено
status-staff-cancelled = Отозвано заявителем
status-staff-dismissed = Не обращение

## Состояния письма

status-staff-pending = Ожидает отправки
status-staff-sent = Отправлено
status-staff-dead = Не доставлено
status-staff-to_post = Нужно отправить почтой
status-staff-posted = Отправлено почтой
status-staff-withdrawn = Отправлять больше не нужно

## Блокирование и нарушение

blocking-none = Не заблокировано
blocking-provisional = Временно заблокировано
blocking-final = Заблокировано
violation-none = О нарушении не заявлено
violation-alleged = Заявлено о нарушении
violation-confirmed = Нарушение подтверждено
violation-dismissed = Нарушение не подтверждено

## Исход

outcome-granted = Удовлетворено
outcome-partly_granted = Удовлетворено частично
outcome-refused = Отказано
outcome-no_data_held = Данных нет

## Сроки

clock-claim_response = Ответ на обращение
clock-information = Предоставление сведений
clock-document_request = Запрос документов
clock-correction = Исправление данных
clock-blocking = Блокирование данных
clock-publication_removal = Удаление из общедоступных источников
clock-deletion_decision = Решение об удалении
clock-destruction = Уничтожение данных
clock-unblocking = Снятие блокирования
clock-withdrawal = Прекращение обработки
clock-objection = Рассмотрение возражения
clock-consumer_claim = Ответ на претензию потребителя
clock-state-waiting = Ещё не начался
clock-state-running = Идёт
clock-state-met = Выполнен
clock-state-void = Отменён
basis-statutory = По закону
basis-contract = По договору или политике оператора
basis-policy = По правилам сервиса
certainty-verified = Проверено по тексту закона
certainty-secondary = По вторичному источнику
certainty-inferred = Вывод из текста закона

## Основания, которые называет заявитель

ground-incomplete = Данные неполные
ground-outdated = Данные устарели
ground-inaccurate = Данные неверны
ground-unlawfully_obtained = Данные получены незаконно
ground-obtained_without_basis = Данные получены без основания
ground-no_consent = Нет согласия на обработку
ground-beyond_purpose = Данные используют не для заявленной цели
ground-not_needed = Данные не нужны для цели обработки
ground-purpose_reached = Цель обработки достигнута
ground-relations_ended = Отношения с оператором прекращены
ground-court_decision = Есть вступившее в силу решение суда
ground-own_wish = По собственному желанию
ground-other = Другое основание

## Люди и каналы

channel-web = Форма на сайте
channel-email = Электронная почта
channel-paper = Письмо на бумаге
channel-in_person = Личный приём
capacity-subject = Сам субъект данных
capacity-representative = Представитель
capacity-authorised_body = Уполномоченный орган
authority-parent = Родитель
authority-guardian = Опекун
authority-trustee = Попечитель
authority-adoptive_parent = Усыновитель
authority-power_of_attorney = Представитель по доверенности
authority-advocate = Адвокат
authority-relative_of_deceased = Родственник умершего
authority-other = Другое основание представлять
role-agent = Исполнитель
role-dpo = Ответственное лицо
role-auditor = Аудитор
role-admin = Администратор
language-kk = казахский
language-ru = русский
language-en = английский

## Удаление, отзыв согласия, проверка личности

desired-delete = Удалить
desired-anonymise = Обезличить
desired-restrict = Ограничить обработку
scope-all = Согласие полностью
scope-purposes = Отдельные цели
scope-publication = Публикация в общедоступных источниках
scope-third_parties = Передача третьим лицам
scope-cross_border = Трансграничная передача
scope-cookies = Файлы cookie
method-records = По записям оператора
method-in_person = При личной встрече
method-phone = По телефону
method-eds = По ЭЦП
method-other = Другим способом
verification-confirmed = Личность подтверждена
verification-not_confirmed = Личность не подтверждена

## Действия: так они стоят на кнопках и в сообщениях об ошибке

action-submit = Подать обращение
action-record = Записать обращение
action-confirm_email = Подтвердить адрес
action-assign = Назначить исполнителя
action-verify = Отметить проверку личности
action-ask = Задать вопрос
action-reply = Ответить на вопрос
action-start = Начать подготовку ответа
action-propose = Предложить ответ
action-approve = Утвердить ответ
action-send_back = Вернуть на доработку
action-complete = Отметить исполнение
action-reopen = Вернуть к подготовке
action-cancel = Отозвать обращение
action-dismiss = Закрыть: это не обращение
action-block = Заблокировать данные
action-unblock = Снять блокирование
action-mark_violation = Отметить возможное нарушение
action-confirm_violation = Подтвердить нарушение
action-dismiss_violation = Признать нарушение неподтверждённым
action-documents_received = Отметить получение документов
action-waive_documents = Обойтись без документов
action-mark_consumer = Отметить как претензию потребителя
action-reclassify = Изменить вид обращения
action-amend_receipt = Исправить дату получения
action-note = Добавить заметку
action-messages = Написать сообщение
action-attachments = Отправить файл
action-resend = Отправить письмо повторно
action-resend_code = Получить новый код
