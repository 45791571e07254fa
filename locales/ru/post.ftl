### Письма на бумаге тем, у кого нет адреса электронной почты, и напоминания сотрудникам о них.

letter-post-number = Исх. № { $reference }
letter-post-bin = БИН { $bin }
letter-post-person = По вопросам персональных данных: { $person }
letter-post-on-behalf = представителю; субъект персональных данных: { $name }
letter-post-ask = Вопросы можно задать по адресу { $email }. Назовите номер обращения: { $reference }.
letter-post-ask-phone = Вопросы можно задать по телефону { $phone } или по адресу { $email }. Назовите номер обращения: { $reference }.

letter-post-receipt = Ваше обращение получено. Сохраните это письмо: оно подтверждает, когда и с чем Вы обратились.
letter-post-documents_needed = Чтобы исправить данные, нужны документы, которые это подтверждают. Пришлите их копии почтой или принесите в организацию: срок исправления начнётся, когда мы их получим.
letter-post-provisional_block = Временное блокирование записано с момента получения обращения. В системах оно начнёт действовать, когда мы убедимся, что обратились именно Вы.
letter-post-question = Чтобы ответить Вам, нам нужно кое-что уточнить:
letter-post-question-reply = Ответьте письмом, по телефону или лично, как Вам удобнее, и назовите номер обращения: { $reference }.
letter-post-address-subject = { $reference }: сообщите, как с Вами связаться
letter-post-address = Мы получили Ваше обращение, но адрес электронной почты в нём не подтверждён. Если наши электронные письма до Вас не доходят, сообщите другой адрес или попросите писать Вам обычной почтой.

letter-post-outcome = Решение
letter-post-decisions = Решение по пунктам
letter-post-grounds = Основания отказа
letter-post-result-granted = Удовлетворено
letter-post-result-refused = Отказано

letter-post-journal = Для журнала исходящих писем
letter-post-journal-reference = Номер обращения
letter-post-journal-item = Письмо
letter-post-journal-created = Составлено
letter-post-journal-posted = Отправлено или вручено (дата)
letter-post-journal-tracking = Номер почтового отправления
letter-post-journal-signature = Кто отправил (подпись)

letter-post-since = Ждёт с
letter-post-lying-subject = { $reference }: письмо ждёт отправки почтой
letter-post-lying = { $items ->
    [one] { $items } письмо заявителю ещё не отправлено почтой.
    [few] { $items } письма заявителю ещё не отправлены почтой.
   *[other] { $items } писем заявителю ещё не отправлены почтой.
}
letter-post-lying-next = Напечатайте и отправьте или вручите лично, затем отметьте день. Ответ считается доставленным только после этого.
