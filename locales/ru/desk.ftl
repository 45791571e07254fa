### Письма сотрудникам не об одном обращении: утренняя сводка, замещение, освободившиеся обращения.

desk-action-queue = Открыть очередь
desk-line = { $reference }: { $kind }
desk-line-due = { $reference }: { $kind }, срок { $date }

desk-digest-subject = Ваши обращения на { $date }
desk-digest-intro = Это ждёт Вас сегодня. Ссылки открываются после входа.
desk-digest-more = … и ещё { $count }.
desk-digest-due_today = Ваши, последний день срока сегодня: { $count }
desk-digest-due_week = Ваши, срок в ближайшие семь дней, считая сегодняшний: { $count }
desk-digest-overdue = Ваши, срок пропущен: { $count }
desk-digest-overdue_all = Все обращения организации с пропущенным сроком: { $count }
desk-digest-unassigned = Без исполнителя: { $count }
desk-digest-approval = Ответы, которые ждут Вашего утверждения: { $count }
desk-digest-dead_mails = Обращения, по которым письмо не удалось доставить: { $count }
desk-digest-to_post = Распечатать и отправить почтой: { $count }
desk-digest-dead_staff_mails = Письма сотрудникам, которые не удалось доставить за последние семь дней: { $count }

desk-stand-in-subject = Вы замещаете коллегу
desk-stand-in-intro = Коллега отсутствует, замещать назначены Вы.
desk-stand-in-what = В эти дни обращения коллеги — и Ваши тоже: Вы можете открывать их и работать с ними, напоминания приходят Вам. Потом всё само станет как прежде. Право утверждать ответы не передаётся.
desk-fact-who = Отсутствует
desk-fact-from = Первый день
desk-fact-until = Последний день
desk-fact-open = Открытых обращений сейчас
desk-fact-had = Прежний исполнитель

desk-released-subject = Обращения без исполнителя: { $count }
desk-released-intro = { $count ->
    [one] { $count } открытое обращение осталось без исполнителя. Назначьте его.
    [few] { $count } открытых обращения остались без исполнителя. Назначьте его.
   *[other] { $count } открытых обращений остались без исполнителя. Назначьте его.
}
desk-released-account = Учётная запись коллеги, у которого они были, отключена. Сроки продолжают идти.
desk-released-role = Коллега, у которого они были, больше не работает с обращениями этой организации. Сроки продолжают идти.

desk-nearer-subject = Сроки стали ближе: { $count }
desk-nearer-intro = Изменился календарь рабочих дней: эти сроки истекают раньше, чем прежде.
desk-nearer-what = Посмотрите их сегодня. В истории каждого обращения стоят обе даты.
desk-nearer-line = { $reference }: { $clock }, до { $to } вместо { $from }
desk-fact-source = Основание

desk-account-totp_on-subject = При входе теперь нужен второй шаг
desk-account-totp_on-intro = Для Вашей учётной записи включён второй шаг входа.
desk-account-totp_on-what = Теперь кроме пароля нужен код из приложения. Остальные Ваши сеансы завершены. Храните запасные коды там, где найдёте их только Вы.
desk-account-totp_off-subject = Второй шаг при входе отключён
desk-account-totp_off-intro = Для Вашей учётной записи отключён второй шаг входа.
desk-account-totp_off-what = Теперь для входа достаточно пароля. Остальные Ваши сеансы завершены.
desk-account-totp_reset-subject = Второй шаг Вашего входа сброшен
desk-account-totp_reset-intro = Администратор сбросил второй шаг Вашего входа.
desk-account-totp_reset-what = Прежние коды больше не действуют, все Ваши сеансы завершены. Войдите с паролем и настройте второй шаг заново.
desk-account-password_reset-subject = Ваш пароль сброшен
desk-account-password_reset-intro = Администратор сбросил Ваш пароль.
desk-account-password_reset-what = Прежний пароль больше не действует, все Ваши сеансы завершены. Администратор передаст Вам временный пароль: войдите с ним в течение трёх дней и задайте свой.
desk-account-external_bound-subject = Ваша учётная запись связана с внешним входом
desk-account-external_bound-intro = Теперь Вы можете входить через внешнюю службу входа Вашей организации.
desk-account-external_bound-what = Учётная запись связана с ней при первом входе. Пароль по-прежнему действует.
desk-account-not-me = Если Вы об этом не знаете, сразу сообщите администратору.
