### Ошибки запроса целиком: заголовок и объяснение, что делать.

problem-validation_failed-title = Проверьте заполненные поля
problem-validation_failed-detail = Некоторые поля заполнены не так, как нужно. Рядом с каждым из них написано, что исправить.
problem-bad_request-title = Запрос не понят
problem-bad_request-detail = Запрос составлен неверно, поэтому его нельзя выполнить. Проверьте адрес, заголовки и содержание запроса.
problem-malformed_json-title = Содержание запроса не читается
problem-malformed_json-detail = Содержание запроса должно быть правильным JSON. Проверьте скобки, кавычки и запятые.
problem-not_found-title = Не найдено
problem-not_found-detail = По этому адресу ничего нет, или у Вас нет доступа. Проверьте адрес или откройте ссылку из письма ещё раз.
problem-method_not_allowed-title = Так обращаться к этому адресу нельзя
problem-method_not_allowed-detail = Этот адрес не принимает такой метод. Допустимые методы перечислены в заголовке Allow.
problem-not_acceptable-title = Нет ответа в таком виде
problem-not_acceptable-detail = Сервис не может ответить в том виде, которого просит заголовок Accept. Запросите application/json.
problem-unauthorized-title = Нужно войти
problem-unauthorized-detail = Вход не выполнен, или его срок истёк. Войдите снова. Если Вы подали обращение, откройте ссылку из письма ещё раз.
problem-forbidden-title = Это действие Вам недоступно
problem-forbidden-detail = Вашей роли не хватает для этого действия, или обращение назначено не Вам. Попросите ответственное лицо назначить обращение Вам или сделать это самому.
problem-four_eyes-title = Нужен второй человек
problem-four_eyes-detail = Ответ утверждает не тот, кто его предложил, а запрет на уничтожение данных снимает не тот, кто его наложил. Попросите об этом другое ответственное лицо. Если такого человека нет, в профиле оператора можно разрешить утверждение ответа одним человеком.
problem-data_destroyed-title = Персональные данные уничтожены
problem-data_destroyed-detail = Срок хранения этого обращения истёк, персональные данные в нём уничтожены. Остались только вид, даты и результат, поэтому действия с ним больше невозможны.
problem-stale_version-title = Обращение уже изменилось
problem-stale_version-detail = Пока страница была открыта, обращение изменил кто-то ещё. Ничего не перезаписано. Обновите страницу, посмотрите, что нового, и повторите действие.
problem-precondition_required-title = Не указана версия обращения
problem-precondition_required-detail = Для этого действия нужен заголовок If-Match с версией, которую Вы видели. Прочитайте обращение и передайте его ETag.
problem-precondition_failed-title = Условие запроса не выполнено
problem-precondition_failed-detail = Версия в заголовке If-Match не подходит. Прочитайте обращение заново и передайте его ETag.
problem-invalid_transition-title = Сейчас это действие невозможно
problem-invalid_transition-detail = Действие «{ $action }» нельзя выполнить, пока статус обращения — «{ $status }». Обновите страницу: на ней видно, что можно сделать сейчас.
problem-nothing_to_resend-title = Нечего отправлять заново
problem-nothing_to_resend-detail = У этого обращения нет писем, которые не удалось доставить и которые ещё не отправлены заново. Обновите страницу.
problem-wrong_code-title = Код не подошёл
problem-wrong_code-detail = { $left ->
    [0] Этот код больше не действует. Запросите новый код.
    [one] Проверьте код из последнего письма и введите его ещё раз. Осталась { $left } попытка.
    [few] Проверьте код из последнего письма и введите его ещё раз. Осталось { $left } попытки.
   *[other] Проверьте код из последнего письма и введите его ещё раз. Осталось { $left } попыток.
}
problem-code_expired-title = Код больше не действует
problem-code_expired-detail = Срок кода истёк, или попытки закончились. Запросите новый код и введите цифры из нового письма.
problem-already_assigned-title = У обращения уже есть исполнитель
problem-already_assigned-detail = Обращением занимается { $who }. Передать его другому может ответственное лицо.
problem-rate_limited-title = Слишком много запросов
problem-rate_limited-detail = { $seconds ->
    [one] Подождите { $seconds } секунду и попробуйте снова.
    [few] Подождите { $seconds } секунды и попробуйте снова.
   *[other] Подождите { $seconds } секунд и попробуйте снова.
}
problem-locked_out-title = Вход временно закрыт
problem-locked_out-detail = { $seconds ->
    [one] Вход не удался слишком много раз подряд. Попробуйте снова через { $seconds } секунду. Если Вы забыли пароль, обратитесь к администратору.
    [few] Вход не удался слишком много раз подряд. Попробуйте снова через { $seconds } секунды. Если Вы забыли пароль, обратитесь к администратору.
   *[other] Вход не удался слишком много раз подряд. Попробуйте снова через { $seconds } секунд. Если Вы забыли пароль, обратитесь к администратору.
}
problem-payload_too_large-title = Слишком большой объём
problem-payload_too_large-detail = Отправленное больше, чем можно принять. Сократите текст или уменьшите файл: файл может занимать до 10 МиБ.
problem-headers_too_large-title = Слишком большие заголовки
problem-headers_too_large-detail = Заголовки запроса больше, чем можно принять. Отправьте меньше заголовков или сократите их; может помочь удаление cookie этого сайта.
problem-uri_too_long-title = Слишком длинный адрес
problem-uri_too_long-detail = Этот адрес с параметрами длиннее, чем можно принять. Сократите параметры.
problem-unsupported_media_type-title = Такой формат не принимается
problem-unsupported_media_type-detail = Данные отправляйте как application/json, без сжатия, файл — как multipart/form-data. Принимаются PDF, JPEG, PNG, HEIC, DOCX без макросов, TXT, EML и P7S; тип определяется по содержимому.
problem-file_infected-title = Файл закрыт
problem-file_infected-detail = Антивирус нашёл в этом файле вредоносное содержимое, поэтому открыть его нельзя. Попросите прислать его заново без него.
problem-too_many_files-title = Слишком много файлов
problem-too_many_files-detail = К одному обращению можно приложить не больше { $most } файлов. Объедините недостающее в один файл или отправьте почтой.
problem-idempotency_conflict-title = Этот ключ уже использован
problem-idempotency_conflict-detail = С таким Idempotency-Key уже отправлен другой запрос. Для нового запроса возьмите новый ключ.
problem-violation_undecided-title = Сначала решите, было ли нарушение
problem-violation_undecided-detail = Данные временно заблокированы на время проверки. Подтвердите нарушение или признайте его неподтверждённым, затем утвердите ответ.
problem-totp_required-title = Нужен ещё и код
problem-totp_required-detail = У этой учётной записи включён второй шаг. Введите код из приложения или запасной код.
problem-totp_on-title = Второй шаг уже включён
problem-totp_on-detail = Чтобы настроить его заново, сначала отключите его.
problem-totp_off-title = Второй шаг не включён
problem-totp_off-detail = У этой учётной записи нет второго шага, который можно изменить.
problem-totp_not_begun-title = Начните с нового ключа
problem-totp_not_begun-detail = Второй шаг не ждёт первого кода или ждал слишком долго. Запросите новый ключ.
problem-totp_enrolment_needed-title = Сначала настройте второй шаг
problem-totp_enrolment_needed-detail = Для Вашей роли нужен второй шаг входа. Настройте его, и всё остальное откроется.
problem-password_change_needed-title = Сначала задайте свой пароль
problem-password_change_needed-detail = Вы вошли с временным паролем. Смените его, и всё остальное откроется.
problem-external_sign_in_expired-title = Этот вход закончился
problem-external_sign_in_expired-detail = Этот вход уже использован или занял слишком много времени. Начните заново с кнопки.
problem-external_sign_in_cancelled-title = Вход отменён
problem-external_sign_in_cancelled-detail = Вход через { $name } отменён. Начните заново или войдите по адресу почты и паролю.
problem-external_sign_in_refused-title = Вход не подтверждён
problem-external_sign_in_refused-detail = Служба { $name } не подтвердила вход. Начните заново; если не поможет, войдите по адресу почты и паролю и сообщите администратору.
problem-external_sign_in_unknown-title = Нет подходящей учётной записи
problem-external_sign_in_unknown-detail = Ни одна учётная запись здесь не подходит к этому входу через { $name }. Обратитесь к администратору: у учётной записи должен быть тот адрес почты, который в { $name } подтверждён.
problem-external_sign_in_unavailable-title = Служба входа не отвечает
problem-external_sign_in_unavailable-detail = Служба { $name } сейчас не отвечает. Повторите через минуту или войдите по адресу почты и паролю.
problem-duplicate_user-title = Такой сотрудник уже есть
problem-duplicate_user-detail = Учётная запись с этим адресом почты уже существует. Измените её или укажите другой адрес.
problem-absence_overlaps-title = Периоды отсутствия пересекаются
problem-absence_overlaps-detail = На часть этих дней отсутствие сотрудника уже отмечено. Завершите его или выберите другие дни.
problem-unavailable-title = Сервис временно недоступен
problem-unavailable-detail = Сейчас запрос выполнить не получилось. Попробуйте снова через несколько минут: то, что Вы отправили раньше, сохранено.
problem-internal-title = Ошибка на нашей стороне
problem-internal-detail = Запрос выполнить не получилось, и это не Ваша ошибка. Попробуйте ещё раз. Если ошибка повторится, напишите нам и укажите номер ошибки.

problem-last_admin-title = Последний администратор
problem-last_admin-detail = Это последний действующий администратор. Сначала добавьте другого.

problem-request_timeout-title = Запрос не пришёл целиком
problem-request_timeout-detail = Запрос передавался слишком долго. Отправьте его ещё раз.
problem-calendar_changed-title = Календарь изменён
problem-calendar_changed-detail = Календарь изменили после того, как Вы его смотрели. Посмотрите ещё раз, какие сроки сдвинутся, и решите.
problem-identity_unproven-title = Личность не подтверждена
problem-identity_unproven-detail = Адрес, который подтверждал заявителя, с тех пор изменён. Верните проект, подтвердите личность или дождитесь подтверждения нового адреса и затем утвердите.

problem-form_expired-title = Форма устарела
problem-form_expired-detail = Страница была открыта слишком долго или отправлена не с нашего сайта. Вернитесь назад, обновите страницу и отправьте ещё раз.
